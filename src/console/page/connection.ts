/**
 * Whether the page may speak to the server, and whether the server answers.
 *
 *   locked ──unlock(key)──▶ asking ──health──▶ connected ◀──answers / no answer──▶ away
 *     ▲                       │                    │                               │
 *     └────── key refused, or forgotten by hand ───┴───────────────────────────────┘
 *
 * A request every few seconds finds out; it also brings the numbers of the header.
 */
import { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { Health } from '../../protocol/health.ts';
import { forgetKey, keepKey, keptKey } from './kept-key.ts';
import { Store } from './store.ts';

export type ConnectionState =
  | { readonly at: 'locked'; readonly because: 'no-key' | 'key-refused' | 'forgotten' }
  | { readonly at: 'asking'; readonly client: Client }
  | { readonly at: 'connected'; readonly client: Client; readonly health: Health }
  | { readonly at: 'away'; readonly client: Client; readonly since: number; readonly health: Health | undefined };

const BEAT_MS = 3000;
const RETRY_MS = 1000;
const TIMEOUT_MS = 15_000;

/** Where the page lives, also below a path of a proxy. */
const BASE = new URL('.', location.href).href;

export class Connection {
  readonly state = new Store<ConnectionState>({ at: 'locked', because: 'no-key' });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const key = keptKey();
    if (key !== undefined) this.unlock(key);
    // A page that comes back into view asks at once rather than when its timer fires.
    document.addEventListener('visibilitychange', () => document.hidden || this.check());
  }

  unlock(key: string): void {
    keepKey(key);
    // No retries in the client: the page shows at once that the server is away, and asks again by itself.
    const client = new Client({ url: BASE, key, timeoutMs: TIMEOUT_MS, retryForMs: 0 });
    this.state.set({ at: 'asking', client });
    void this.#beat(client);
  }

  lock(because: 'key-refused' | 'forgotten' = 'forgotten'): void {
    clearTimeout(this.#timer);
    forgetKey();
    this.state.set({ at: 'locked', because });
  }

  /** Asks now whether the server answers. */
  check(): void {
    const { value } = this.state;
    if (value.at !== 'locked') void this.#beat(value.client);
  }

  /** Takes note of why a request failed: a refused key locks the page, no answer shows. True when that informs the user. */
  explains(error: unknown): boolean {
    if (isAbort(error)) return true;
    if (!(error instanceof ClientError)) return false;
    if (error.reason === 'key-refused') this.lock('key-refused');
    else if (error.transient) this.#goAway();
    else return false;
    return true;
  }

  async #beat(client: Client): Promise<void> {
    clearTimeout(this.#timer);
    let pauseMs = BEAT_MS;
    try {
      const health = await client.health();
      if (!this.#isOf(client)) return;
      if (!health.authenticated) return this.lock('key-refused');
      this.state.set({ at: 'connected', client, health });
    } catch (error) {
      if (!this.#isOf(client)) return;
      if (!(error instanceof ClientError)) throw error;
      this.#goAway();
      pauseMs = RETRY_MS;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(client), pauseMs);
  }

  #goAway(): void {
    const { value } = this.state;
    if (value.at === 'locked' || value.at === 'away') return;
    const health = value.at === 'connected' ? value.health : undefined;
    this.state.set({ at: 'away', client: value.client, since: Date.now(), health });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(value.client), RETRY_MS);
  }

  #isOf(client: Client): boolean {
    const { value } = this.state;
    return value.at !== 'locked' && value.client === client;
  }
}

/** Whether the caller has gone away meanwhile: there is nobody to inform. */
const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
