/**
 * Notices when processes end, by one timer for all of them; no timer runs while there is nothing to watch.
 *
 * A process is checked again after a tenth of its age, at least 1 ms and at most 50 ms: the end of a short command
 * is noticed at once, and a thousand long ones cost 16 calls per check.
 */
import type { Handle } from '../../api/windows/handle.ts';
import { anyEnded, groupsOf, hasEnded } from './process-handle.ts';

const MIN_INTERVAL_MS = 1;
const MAX_INTERVAL_MS = 50;
const SHARE_OF_AGE = 0.1;

interface Watched {
  readonly handle: Handle;
  readonly since: number;
  readonly onEnd: () => void;
  nextCheckAt: number;
}

export class ExitWatch {
  readonly #watched = new Map<Handle, Watched>();
  #timer: Timer | undefined;
  #timerDue = Number.POSITIVE_INFINITY;

  /** `onEnd` is called once, never from within this call. The handle must stay open until then. */
  add(handle: Handle, onEnd: () => void): void {
    const now = performance.now();
    const watched = { handle, since: now, onEnd, nextCheckAt: now + MIN_INTERVAL_MS };
    this.#watched.set(handle, watched);
    this.#scheduleCheck(watched.nextCheckAt, now);
  }

  /** For whoever closes the handle before the end. */
  remove(handle: Handle): void {
    this.#watched.delete(handle);
    if (this.#watched.size === 0) this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #scheduleCheck(due: number, now: number): void {
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    // Unref: watching alone is no reason to keep the server from going down.
    this.#timer = setTimeout(() => this.#check(), Math.max(1, Math.ceil(due - now))).unref();
  }

  #check(): void {
    this.#stop();
    const now = performance.now();
    const due = [...this.#watched.values()].filter((watched) => watched.nextCheckAt <= now);
    for (const group of groupsOf(due.map((watched) => watched.handle))) {
      if (anyEnded(group)) for (const handle of group.filter(hasEnded)) this.#end(handle);
    }
    for (const watched of due)
      watched.nextCheckAt =
        now + Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, (now - watched.since) * SHARE_OF_AGE));
    let next = Number.POSITIVE_INFINITY;
    for (const watched of this.#watched.values()) next = Math.min(next, watched.nextCheckAt);
    if (next < Number.POSITIVE_INFINITY) this.#scheduleCheck(next, now);
  }

  #end(handle: Handle): void {
    const watched = this.#watched.get(handle);
    this.#watched.delete(handle);
    watched?.onEnd();
  }
}
