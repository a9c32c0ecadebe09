/** Which states of self-update end in a restart of the server. */
import type { UpdateResource } from '../../protocol/update.ts';

const UNDER_WAY: readonly UpdateResource['state'][] = ['scheduled', 'checking', 'downloading', 'trying', 'swapping'];

export const isUnderWay = (state: UpdateResource['state']): boolean => UNDER_WAY.includes(state);
