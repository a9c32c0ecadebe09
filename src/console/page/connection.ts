/**
 * Whether the page may speak to the server, and whether the server answers.
 *
 *   locked ──unlock(key)──▶ asking ──health──▶ connected ◀──answers / no answer──▶ away
 *     ▲                       │                    │                               │
 *     └────── key refused, or forgotten by hand ───┴───────────────────────────────┘
 *
 * A request every few seconds finds out; it also brings the numbers of the header. While the server is away that is the
 * only request, and it comes more and more rarely: whatever else is read waits until the server answers.
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
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
const TIMEOUT_MS = 15_000;

/** Where the page lives, also below a path of a proxy. */
const BASE = new URL('.', location.href).href;

export class Connection {
  readonly state = new Store<ConnectionState>({ at: 'locked', because: 'no-key' });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor() {
    const key = keptKey();
    if (key !== undefined) this.unlock(key);
    // A page that comes back into view, or a machine onto its network, asks at once rather than when its timer fires.
    document.addEventListener('visibilitychange', () => document.hidden || this.check());
    addEventListener('online', () => this.check());
  }

  unlock(key: string): void {
    keepKey(key);
    // No retries in the client: the page shows at once that the server is away, and asks again by itself.
    const client = new Client({
      url: BASE,
      key,
      timeoutMs: TIMEOUT_MS,
      retryForMs: 0,
      fetch: (url, init) => this.#fetch(url, init),
    });
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
    if (value.at === 'locked') return;
    this.#retryMs = FIRST_RETRY_MS;
    void this.#beat(value.client);
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

  /** What somebody has pressed is tried at once, and what only reads waits until the server answers. */
  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const reads = init.method === 'GET' && !url.endsWith('/health');
    if (reads) await this.#answering(init.signal);
    try {
      const response = await fetch(url, init);
      if (this.state.value.at === 'away' && !url.endsWith('/health')) this.check();
      return response;
    } catch (error) {
      if (error instanceof TypeError) this.#goAway();
      throw error;
    }
  }

  /** Resolves when the server is not away; rejects when the signal aborts. */
  #answering(signal: AbortSignal | null | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const over = new AbortController();
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: over.signal });
    this.state.watch(over.signal, ({ at }) => at !== 'away' && resolve());
    return promise.finally(() => over.abort());
  }

  async #beat(client: Client): Promise<void> {
    clearTimeout(this.#timer);
    let pauseMs = BEAT_MS;
    try {
      const health = await client.health();
      if (!this.#isOf(client)) return;
      if (!health.authenticated) return this.lock('key-refused');
      this.#retryMs = FIRST_RETRY_MS;
      this.state.set({ at: 'connected', client, health });
    } catch (error) {
      if (!this.#isOf(client)) return;
      if (!(error instanceof ClientError)) throw error;
      this.#goAway();
      pauseMs = this.#nextRetryMs();
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
    this.#timer = setTimeout(() => void this.#beat(value.client), this.#nextRetryMs());
  }

  /** Twice as long each time, until the server answers. */
  #nextRetryMs(): number {
    const now = this.#retryMs;
    this.#retryMs = Math.min(now * 2, MAX_RETRY_MS);
    return now;
  }

  #isOf(client: Client): boolean {
    const { value } = this.state;
    return value.at !== 'locked' && value.client === client;
  }
}

/** Whether the caller has gone away meanwhile: there is nobody to inform. */
const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
