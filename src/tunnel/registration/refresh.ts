/** Tells a dashboard that knows this machine where it is, and its key. */
import type { Dashboard, Reply } from './dashboard.ts';
import { isTransient } from './failure.ts';
import { isKnown, refreshBody, type Known } from './messages.ts';

/** `knownKey`: the key that the dashboard was told last, as far as is known; it proves who this is. */
export async function refresh(
  dashboard: Dashboard,
  name: string,
  now: Known,
  knownKey: string,
  signal: AbortSignal,
): Promise<Reply> {
  const provenBy = (key: string) => dashboard.refresh(refreshBody(name, now, key), signal);
  const reply = await provenBy(knownKey);
  const mayBeTried = reply.ok || !isTransient(reply.failure);
  if (knownKey === now.key || isTaken(reply) || !mayBeTried || signal.aborted) return reply;
  // It may have taken the new key already, and its answer was lost.
  return provenBy(now.key);
}

/** Whether the dashboard knew this machine, and has taken what it was told. */
export const isTaken = (reply: Reply): boolean => reply.ok && isKnown(reply.value);
