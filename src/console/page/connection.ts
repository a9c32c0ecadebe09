/**
 * Whether the page may speak to the server, and whether the server answers.
 *
 *   locked ──unlock(key)──▶ asking ──health──▶ connected ◀──answers / silence──▶ away
 *     ▲                       │                    │                              │
 *     └───── key refused, or forgotten by hand ────┴──────────────────────────────┘
 *
 * A request every few seconds tells; it also brings the numbers of the header.
 */
import type { Health } from '../../protocol/health.ts';
import { Api, ApiError, isAbort } from './api.ts';
import { forgetKey, keepKey, keptKey } from './kept-key.ts';
import { Store } from './store.ts';

export type ConnectionState =
  | { readonly at: 'locked'; readonly because: 'no-key' | 'key-refused' | 'forgotten' }
  | { readonly at: 'asking'; readonly api: Api }
  | { readonly at: 'connected'; readonly api: Api; readonly health: Health }
  | { readonly at: 'away'; readonly api: Api; readonly since: number; readonly health: Health | undefined };

const BEAT_MS = 3000;
const RETRY_MS = 1000;

export class Connection {
  readonly state = new Store<ConnectionState>({ at: 'locked', because: 'no-key' });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const key = keptKey();
    if (key !== undefined) this.unlock(key);
    // A page that comes back into view asks at once rather than in its own time.
    document.addEventListener('visibilitychange', () => {
      const { value } = this.state;
      if (!document.hidden && value.at !== 'locked') void this.#beat(value.api);
    });
  }

  unlock(key: string): void {
    keepKey(key);
    const api = new Api(key);
    this.state.set({ at: 'asking', api });
    void this.#beat(api);
  }

  lock(because: 'key-refused' | 'forgotten' = 'forgotten'): void {
    clearTimeout(this.#timer);
    forgetKey();
    this.state.set({ at: 'locked', because });
  }

  /** What any request learned: a refused key locks the page, silence shows. True when that explains the failure. */
  explains(error: unknown): boolean {
    if (isAbort(error)) return true;
    if (!(error instanceof ApiError) || error.reason === 'refused') return false;
    if (error.reason === 'key-refused') this.lock('key-refused');
    else this.#goAway();
    return true;
  }

  async #beat(api: Api): Promise<void> {
    clearTimeout(this.#timer);
    let pause = BEAT_MS;
    try {
      const health = await api.json<Health | { authenticated: false }>('health');
      if (!this.#isOf(api)) return;
      if (!health.authenticated) return this.lock('key-refused');
      this.state.set({ at: 'connected', api, health });
    } catch (error) {
      if (!this.#isOf(api)) return;
      if (!(error instanceof ApiError)) throw error;
      this.#goAway();
      pause = RETRY_MS;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(api), pause);
  }

  #goAway(): void {
    const { value } = this.state;
    if (value.at === 'locked' || value.at === 'away') return;
    const health = value.at === 'connected' ? value.health : undefined;
    this.state.set({ at: 'away', api: value.api, since: Date.now(), health });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(value.api), RETRY_MS);
  }

  #isOf(api: Api): boolean {
    const { value } = this.state;
    return value.at !== 'locked' && value.api === api;
  }
}
