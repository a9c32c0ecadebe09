/** What a job says whose command did not get a persistent shell, or lost it: inherited sentences. */
import type { PoolFailure } from '../../shells/pool.ts';

/** The session was deleted meanwhile. */
export const CLOSED = 'Persistent shell exited unexpectedly';

export function poolRefusal(failure: PoolFailure): string {
  switch (failure.reason) {
    case 'shell-not-available':
      return `shell is not available: ${failure.shell}`;
    case 'other-shell':
      return `session '${failure.key}' already uses shell '${failure.shell}'`;
    case 'too-many-sessions':
      return 'maximum persistent shell sessions reached';
  }
}
