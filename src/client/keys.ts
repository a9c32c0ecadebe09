/** Calls about API keys; all of them need a key with the scope `admin`. */
import type { KeyDeleted, KeyRequest, KeyResource, MadeKey } from '../protocol/keys.ts';
import type { Transport } from './transport.ts';

/** API keys. Where there is none of that id, a call rejects with status 404; where the key in use may not, with 403. */
export class KeyCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Keys without their secrets: the inherited one first, then oldest first. */
  list(signal?: AbortSignal): Promise<KeyResource[]> {
    return this.#transport.json({ path: '/keys', repeatable: true, signal });
  }

  /**
   * Makes a key. The answer holds it, and it cannot be had again. Not repeated. Rejects with status 400 for a request that
   * is wrong, 409 when the name is taken, or there are 256 keys, 507 when the disk is full.
   */
  add(request: KeyRequest): Promise<MadeKey> {
    return this.#transport.json({ path: '/keys', method: 'POST', body: request });
  }

  /**
   * Gives a key another secret; the old one is none any more, and what goes on under it ends. Not repeated. Rejects with
   * status 409 for one that has expired, and for the inherited one while it comes from the environment.
   */
  rotate(id: string): Promise<MadeKey> {
    return this.#transport.json({ path: `${pathOf(id)}/rotate`, method: 'POST' });
  }

  /** Ends a key, and all that goes on under it. Not repeated. Rejects with status 409 for the inherited one. */
  delete(id: string): Promise<KeyDeleted> {
    return this.#transport.json({ path: pathOf(id), method: 'DELETE' });
  }
}

const pathOf = (id: string): string => `/keys/${encodeURIComponent(id)}`;
