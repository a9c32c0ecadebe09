/** What a stop means for the work that is going on, in one line. */
import type { Activity } from '../../protocol/health.ts';

/** Such as `stopping; ending 2 terminals; 1 job goes on and will be taken up by the next start`. */
export function stopMessage(why: string, activity: readonly Activity[]): string {
  const ending = activity.filter((one) => one.ending > 0).map((one) => counted(one.ending, one));
  const surviving = activity.filter((one) => one.surviving > 0);
  const verb = surviving.length === 1 && surviving[0]?.surviving === 1 ? 'goes' : 'go';
  const left = surviving.map((one) => counted(one.surviving, one));
  return [
    why,
    ...(ending.length > 0 ? [`ending ${listed(ending)}`] : []),
    ...(left.length > 0 ? [`${listed(left)} ${verb} on and will be taken up by the next start`] : []),
  ].join('; ');
}

function counted(count: number, { kind, where }: Activity): string {
  const what = count === 1 ? kind.replace(/s$/, '') : kind;
  return `${count} ${what}${where === undefined ? '' : ` ${where}`}`;
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
