/** Calls about self-update. */
import type { UpdateRequest, UpdateResource, UpdateStarted } from '../protocol/update.ts';
import type { Transport } from './transport.ts';

/** A check may wait for the release server. */
const CHECK_MS = 130_000;

/** Self-update of the server. */
export class UpdateCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What self-update is doing. */
  get(signal?: AbortSignal): Promise<UpdateResource> {
    return this.#transport.json({ path: '/update', repeatable: true, signal });
  }

  /**
   * Begins an update, or (`idle`) schedules one for when nothing is active. Default: now. Not repeated. Rejects with status
   * 409 while something is active (`failure.body` tells how much), or an update in progress. Where nothing newer is found the
   * server stays as it is: `get` tells why.
   */
  start(when: UpdateRequest['when'] = 'now'): Promise<UpdateStarted | { readonly status: 'scheduled' }> {
    return this.#transport.json({ path: '/update', method: 'POST', body: { when } });
  }

  /** Only looks whether there is a newer version, and resolves when that is known, within 100 seconds. Not repeated. */
  check(): Promise<UpdateStarted> {
    return this.#transport.json({ path: '/update', method: 'POST', body: { check: true }, waitMs: CHECK_MS });
  }

  /** Calls an update off; also where there is none. Rejects with status 409 when it is too late for that. */
  cancel(): Promise<{ readonly status: 'idle' }> {
    return this.#transport.json({ path: '/update', method: 'DELETE', repeatable: true });
  }
}
