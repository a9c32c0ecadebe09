/** The event log of a session, and the moment of its newest entry. */
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import type { SessionEntry, SessionLog } from './entry.ts';

export interface RecorderOptions {
  readonly log: SessionLog;
  readonly clock: Clock;
  /** Every entry, when it is in the log. */
  readonly recorded: (entry: SessionEntry) => void;
  /** The log cannot be written. */
  readonly failed: (sentence: string) => void;
}

export class Recorder {
  readonly #options: RecorderOptions;
  #closed = false;
  /** Unix milliseconds. */
  lastEventAt: number;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.lastEventAt = options.clock.now();
  }

  readonly record = (event: string, data: unknown, meta?: unknown): void => {
    if (this.#closed) return;
    const { log, clock, recorded, failed } = this.#options;
    const at = clock.now();
    const entry: SessionEntry = { at, event, data, ...(meta !== undefined && { meta }) };
    try {
      log.append(entry);
    } catch (error) {
      return failed(`the events of the session cannot be written: ${messageOf(error)}`);
    }
    this.lastEventAt = at;
    recorded(entry);
  };

  /** Nothing is recorded any more. */
  close(): void {
    this.#closed = true;
    this.#options.log[Symbol.dispose]();
  }
}
