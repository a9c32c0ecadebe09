/** Calls about API keys; all of them need a key with the scope `admin`. */
import type { KeyDeleted, KeyRequest, KeyResource, MadeKey } from '../protocol/keys.ts';
import type { Transport } from './transport.ts';

export class KeyCalls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The inherited key first, then oldest first. */
  list(signal?: AbortSignal): Promise<KeyResource[]> {
    return this.#transport.json({ path: '/keys', repeatable: true, signal });
  }

  /** The answer holds the key, which cannot be had again. */
  add(request: KeyRequest): Promise<MadeKey> {
    return this.#transport.json({ path: '/keys', method: 'POST', body: request });
  }

  /** Gives a key another secret; the old one is none any more. */
  rotate(id: string): Promise<MadeKey> {
    return this.#transport.json({ path: `${pathOf(id)}/rotate`, method: 'POST' });
  }

  /** Ends a key, and all that goes on under it. */
  delete(id: string): Promise<KeyDeleted> {
    return this.#transport.json({ path: pathOf(id), method: 'DELETE' });
  }
}

const pathOf = (id: string): string => `/keys/${encodeURIComponent(id)}`;
