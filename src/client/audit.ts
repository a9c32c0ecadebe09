/** Calls about the audit log. */
import type { AuditEntry } from '../protocol/audit.ts';
import type { Transport } from './transport.ts';

export type { AuditEntry };

export interface AuditPage {
  /** At most so many entries, 1 to 1000. Default 100. */
  readonly limit?: number;
  /** Only entries after the one with this number, the earliest of them. Default: the newest. */
  readonly after?: number;
  /** Only entries before the one with this number, the latest of them. Default: the newest. */
  readonly before?: number;
  /** With `after`: seconds to wait for an entry, 0 to 30. Default 0. */
  readonly waitSeconds?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

const WAIT_SECONDS = 30;
const PAGE_SIZE = 1000;

/** The audit log; needs the scope `admin`, else a call rejects with status 403. */
export class AuditCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** A piece of the log, the newest entry last. Rejects with status 400 for a number that is out of range. */
  page({ limit, after, before, waitSeconds, signal }: AuditPage = {}): Promise<AuditEntry[]> {
    const given = Object.entries({ limit, after, before, wait: waitSeconds }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    );
    return this.#transport.json({
      path: `/audit${given.length === 0 ? '' : `?${given.join('&')}`}`,
      waitMs: (waitSeconds ?? 0) * 1000,
      repeatable: true,
      signal,
    });
  }

  /** Every entry after the one of that number (0: all), as they come, without an end. Leaving the loop ends it. */
  async *follow(after: number, signal?: AbortSignal): AsyncGenerator<AuditEntry> {
    for (let last = after; ;) {
      const entries = await this.page({ after: last, limit: PAGE_SIZE, waitSeconds: WAIT_SECONDS, signal });
      yield* entries;
      last = entries.at(-1)?.seq ?? last;
    }
  }
}
