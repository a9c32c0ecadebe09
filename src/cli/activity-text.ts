/** What is active on a server, and what a stop means for it, in words. */
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
export function listed(activity: readonly Activity[], which: 'ending' | 'surviving'): string {
  const parts = activity.filter((one) => one[which] > 0).map((one) => counted(one[which], one));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function counted(count: number, { kind, where }: Activity): string {
  const what = count === 1 ? kind.replace(/s$/, '') : kind;
  return `${count} ${what}${where === undefined ? '' : ` ${where}`}`;
}
