/** What a stop means for the work that is going on, in one line. */
import type { Activity } from '../../protocol/health.ts';

/** Such as `stopping; ends 2 terminals; 1 job goes on and will be taken up by the next start`. */
export function stopMessage(why: string, activity: readonly Activity[]): string {
  const ended = activity.filter(({ ending }) => ending > 0).map(({ kind, ending }) => counted(ending, kind));
  const left = activity.filter(({ surviving }) => surviving > 0);
  const goes = left.map(({ kind, surviving }) => counted(surviving, kind));
  const verb = left.length === 1 && left[0]?.surviving === 1 ? 'goes' : 'go';
  return [
    why,
    ...(ended.length > 0 ? [`ends ${listed(ended)}`] : []),
    ...(goes.length > 0 ? [`${listed(goes)} ${verb} on and will be taken up by the next start`] : []),
  ].join('; ');
}

/** `kind` is a plural. */
const counted = (count: number, kind: string): string => `${count} ${count === 1 ? kind.replace(/s$/, '') : kind}`;

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
