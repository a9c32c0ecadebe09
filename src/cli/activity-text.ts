/** What is active on a server, and what a stop means for it, in words. */
import { countedEach } from '../core/counted.ts';
import type { Activity } from '../protocol/health.ts';

/** Such as `stopping; ending 2 terminals; 1 job goes on and will be taken up by the next start`. */
export function stopMessage(why: string, activity: readonly Activity[]): string {
  const surviving = activity.reduce((sum, one) => sum + one.surviving, 0);
  const ended = listed(activity, 'ending');
  const left = listed(activity, 'surviving');
  return [
    why,
    ...(ended === '' ? [] : [`ending ${ended}`]),
    ...(left === '' ? [] : [`${left} ${surviving === 1 ? 'goes' : 'go'} on and will be taken up by the next start`]),
  ].join('; ');
}

/** Such as `2 terminals and 1 job in persistent shells`; empty where there is nothing. */
export const listed = (activity: readonly Activity[], which: 'ending' | 'surviving'): string =>
  countedEach(activity.map((one) => ({ ...one, count: one[which] })));
