/**
 * Keeps a connect token that does not run out.
 *
 *   none ──renew()──▶ asking ──token──▶ kept ──three quarters of its life are over──▶ asking
 *                        └──failure──▶ failed ──back-off──▶ asking
 *
 * Whether it is time is decided by the clock on the wall, looked at twice a minute.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { BackOff } from '../back-off.ts';
import { failureIn, type TunnelFailure } from './failure.ts';
import { readToken, renewalOf, type ConnectToken } from './read-token.ts';
import type { DevtunnelTool } from './tool.ts';

const LOOK_MS = 30_000;
/** A token that is over as soon as it is there must not make us ask without a pause. */
const LEAST_MS = 1000;

type State =
  | { readonly at: 'none' }
  | { readonly at: 'asking' }
  | { readonly at: 'kept'; readonly timer: Disposable }
  | { readonly at: 'failed'; readonly timer: Disposable; readonly failure: TunnelFailure }
  | { readonly at: 'closed' };

export interface TokenKeeperOptions {
  readonly tool: DevtunnelTool;
  readonly id: string;
  readonly clock: Clock;
  /** Called after each attempt. */
  readonly changed: (renewed: boolean) => void;
}

export class TokenKeeper implements Disposable {
  readonly #options: TokenKeeperOptions;
  readonly #backOff = new BackOff();
  #state: State = { at: 'none' };
  #token: ConnectToken | undefined;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  /** The last one, also while there is no newer. */
  get token(): ConnectToken | undefined {
    return this.#token;
  }

  get failure(): TunnelFailure | undefined {
    return this.#state.at === 'failed' ? this.#state.failure : undefined;
  }

  /** Asks for a token now, unless the one there is has time left. From then on it is renewed by itself. */
  async ensure(): Promise<void> {
    if (this.#state.at === 'asking' || this.#state.at === 'closed') return;
    if (this.#token !== undefined && this.#options.clock.now() < renewalOf(this.#token)) return this.#wait(this.#token);
    await this.#renew();
  }

  [Symbol.dispose](): void {
    this.#set({ at: 'closed' });
  }

  async #renew(): Promise<void> {
    const { clock, changed } = this.#options;
    this.#set({ at: 'asking' });
    const asked = await this.#ask();
    // Closed meanwhile.
    if (this.#state.at !== 'asking') return;
    if (asked.ok) {
      this.#backOff.reset();
      this.#token = asked.value;
      this.#wait(asked.value);
    } else {
      const timer = clock.after(this.#backOff.next(), () => void this.ensure());
      this.#set({ at: 'failed', timer, failure: asked.failure });
    }
    changed(asked.ok);
  }

  async #ask(): Promise<Result<ConnectToken, TunnelFailure>> {
    const { tool, id, clock } = this.#options;
    const answer = await tool.run(['token', id, '--scopes', 'connect']);
    if (!answer.ok) return answer;
    const { code, text } = answer.value;
    const token = code === 0 ? readToken(text, clock.now()) : undefined;
    return token === undefined ? fail(failureIn(text, 'refused')) : ok(token);
  }

  #wait(token: ConnectToken): void {
    const { clock } = this.#options;
    const left = renewalOf(token) - clock.now();
    const timer = clock.after(Math.min(LOOK_MS, Math.max(LEAST_MS, left)), () => void this.ensure());
    this.#set({ at: 'kept', timer });
  }

  #set(state: State): void {
    if (this.#state.at === 'closed') return;
    if ('timer' in this.#state) this.#state.timer[Symbol.dispose]();
    this.#state = state;
  }
}
