/**
 * Why a request about updates is refused. Inherited callers read a number beside the sentence, under a name of its own for
 * each kind of work, so that this is no plain table of sentences.
 */
import type { Activity } from '../../protocol/health.ts';
import type { UpdateRefused } from '../../protocol/update.ts';
import type { InProgress } from '../../updater/updater.ts';

/** Kind of activity → how it is told, in the order in which it is looked for. */
const REFUSALS: readonly { readonly kind: string; readonly refuse: (count: number) => UpdateRefused }[] = [
  { kind: 'jobs', refuse: (count) => ({ error: 'cannot update while jobs are running', running_jobs: count }) },
  {
    kind: 'terminals',
    refuse: (count) => ({ error: 'cannot update while terminal sessions are active', terminal_sessions: count }),
  },
  {
    kind: 'persistent shells',
    refuse: (count) => ({
      error: 'cannot update while persistent shell sessions are active',
      persistent_sessions: count,
    }),
  },
  {
    kind: 'agent turns',
    refuse: (count) => ({ error: 'cannot update while agent turns are running', agent_turns: count }),
  },
];

/** Undefined when nothing is active. */
export function refusalFor(activity: readonly Activity[]): UpdateRefused | undefined {
  for (const { kind, refuse } of REFUSALS) {
    const count = activity
      .filter((one) => one.kind === kind)
      .reduce((sum, { ending, surviving }) => sum + ending + surviving, 0);
    if (count > 0) return refuse(count);
  }
  const [other] = activity;
  return other === undefined ? undefined : { error: `cannot update while ${other.kind} are active` };
}

export const inProgress = ({ state }: InProgress): UpdateRefused => ({ error: 'an update is in progress', state });
