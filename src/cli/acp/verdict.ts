/** What follows when a door did not let us in. */
import { ownWords, type Refusal } from './door.ts';

export interface Attempt {
  /** Whether a connection was to be gone on with. */
  readonly resuming: boolean;
  /** Whether the door has answered before, so that it is known to be one. */
  readonly wasReached: boolean;
}

export type Verdict =
  /** Another connection is needed. */
  | 'connection-gone'
  /** Trying again would not help: somebody has to change something. */
  | 'final'
  | 'again';

/** Unknown, or a tail that is gone, or a count that cannot be. */
const GONE: ReadonlySet<number> = new Set([400, 404, 410]);
/** No or a wrong key; a key that may not; no such agent. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);
/** Too many connections, or starts of the agent; the server is going down. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);

export function verdictOf(refusal: Refusal, { resuming, wasReached }: Attempt): Verdict {
  if (refusal.reason === 'unreachable') return wasReached ? 'again' : 'final';
  const { status, body } = refusal;
  // A proxy says 404, too, while the server behind it is away.
  const isOwn = ownWords(body) !== undefined;
  if (resuming && isOwn && GONE.has(status)) return 'connection-gone';
  if (REFUSED.has(status)) return wasReached && status === 404 && !isOwn ? 'again' : 'final';
  return wasReached || BUSY.has(status) ? 'again' : 'final';
}
