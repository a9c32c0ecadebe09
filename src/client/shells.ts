/** Which shells a server has for persistent shells. */
import type { Health } from '../protocol/health.ts';

/** Their names; the first is the one to take where nobody chooses. */
export const shellsOf = ({ shells }: Pick<Health, 'shells'>): readonly string[] =>
  Object.entries(shells).flatMap(([name, isThere]) => (isThere ? [name] : []));
