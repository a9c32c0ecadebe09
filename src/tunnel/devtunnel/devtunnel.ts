/**
 * A public address for this server, which has none of its own: a tunnel of Microsoft's `devtunnel`.
 *
 *   off ──start──▶ starting ──devtunnel host prints its address──▶ open
 *                     ▲  └──failure──▶ waiting ◀──the process has ended──┘
 *                     └──back-off, 1 s … 5 min──┘
 *
 * Nothing waits for it, and no failure of it ends the server. What only a person can change (devtunnel is missing, or not
 * logged in) is looked at again every five minutes, and said once.
 */
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import { BackOff, MAX_MS } from '../back-off.ts';
import { pause } from '../pause.ts';
import { needsPerson, sentenceOf, type TunnelFailure } from './failure.ts';
import { HostAddress } from './host-address.ts';
import { prepareTunnel } from './prepare.ts';
import { TokenKeeper } from './token-keeper.ts';
import type { DevtunnelTool, HostProcess } from './tool.ts';
import type { TunnelPorts, TunnelUrls } from './tunnel-urls.ts';

/** The service counts requests by the minute. */
const TOO_MANY_MS = 60_000;
/** A tunnel that has stood so long begins its pauses anew. */
const PROVEN_MS = 60_000;

type State =
  | { readonly at: 'off' }
  | { readonly at: 'starting' }
  | { readonly at: 'open'; readonly host: HostProcess; readonly urls: TunnelUrls }
  | { readonly at: 'waiting'; readonly failure: TunnelFailure }
  | { readonly at: 'closed' };

export interface DevtunnelOptions {
  /** Ends with the tunnel. */
  readonly tool: DevtunnelTool;
  readonly id: string;
  readonly ports: TunnelPorts;
  readonly clock: Clock;
  readonly log: Log;
  /** Something of `status` is different. */
  readonly changed: () => void;
}

export interface TunnelStatus {
  readonly state: Exclude<State['at'], 'closed'>;
  readonly urls?: TunnelUrls;
  readonly token?: string;
  /** Unix milliseconds. */
  readonly tokenExpiresAt?: number;
  /** One sentence; absent when nothing is wrong. */
  readonly lastError?: string;
}

export class Devtunnel implements AsyncDisposable {
  readonly #options: DevtunnelOptions;
  readonly #tokens: TokenKeeper;
  readonly #backOff = new BackOff();
  readonly #stop = new AbortController();
  #state: State = { at: 'off' };
  #running: Promise<void> = Promise.resolve();
  /** Whether the tunnel and its ports are there, as far as is known. */
  #prepared = false;
  /** What was logged last, so that it is not said again and again. */
  #said: string | undefined;

  constructor(options: DevtunnelOptions) {
    this.#options = options;
    const { tool, id, clock, changed } = options;
    this.#tokens = new TokenKeeper({ tool, id, clock, changed: (renewed) => this.#tokenChanged(renewed, changed) });
  }

  get status(): TunnelStatus {
    const { token, failure } = this.#tokens;
    const wrong = this.#state.at === 'waiting' ? this.#state.failure : failure;
    return {
      state: this.#state.at === 'closed' ? 'off' : this.#state.at,
      ...(this.#state.at === 'open' && { urls: this.#state.urls }),
      ...(token !== undefined && { token: token.value, tokenExpiresAt: token.expiresAt }),
      ...(wrong !== undefined && { lastError: sentenceOf(wrong) }),
    };
  }

  /** Returns at once. */
  start(): void {
    if (this.#state.at === 'off') this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = { at: 'closed' };
    this.#stop.abort();
    this.#tokens[Symbol.dispose]();
    // What is being waited for ends with it.
    await this.#options.tool[Symbol.asyncDispose]();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      const began = clock.now();
      this.#set({ at: 'starting' });
      const failure = await this.#attempt().catch((error: unknown): TunnelFailure => ({
        reason: 'not-started',
        detail: messageOf(error),
      }));
      if (this.#stop.signal.aborted) return;
      if (clock.now() - began >= PROVEN_MS) this.#backOff.reset();
      const pauseMs = this.#pauseAfter(failure);
      this.#tell(failure, pauseMs);
      this.#set({ at: 'waiting', failure });
      await pause(clock, pauseMs, this.#stop.signal);
    }
  }

  /** Resolves to what ended the tunnel, or kept it from being. */
  async #attempt(): Promise<TunnelFailure> {
    const { tool, id, ports, clock, log } = this.#options;
    if (!this.#prepared) {
      const prepared = await prepareTunnel(tool, id, ports);
      if (!prepared.ok) return prepared.failure;
      this.#prepared = true;
    }
    // Without a token there is a tunnel all the same: the keeper tries again by itself.
    await this.#tokens.ensure();
    const started = await tool.host(['host', id]);
    if (!started.ok) return started.failure;
    const host = started.value;
    const address = new HostAddress(host, ports, clock);
    const found = await address.found;
    if (!found.ok) {
      // It may have been deleted, or have expired: the next attempt begins at the beginning.
      this.#prepared = false;
      await host.end();
      return found.failure;
    }
    this.#said = undefined;
    log.info('the tunnel is open', { url: found.value.url, terminals: found.value.terminalUrl });
    this.#set({ at: 'open', host, urls: found.value });
    await host.exited;
    await host.end();
    return address.failure;
  }

  #pauseAfter(failure: TunnelFailure): number {
    if (needsPerson(failure)) return MAX_MS;
    const pauseMs = this.#backOff.next();
    return failure.reason === 'too-many-requests' ? Math.max(TOO_MANY_MS, pauseMs) : pauseMs;
  }

  #tell(failure: TunnelFailure, pauseMs: number): void {
    const sentence = sentenceOf(failure);
    if (sentence === this.#said) return;
    this.#said = sentence;
    if (needsPerson(failure)) this.#options.log.warn(`there is no tunnel: ${sentence}`);
    else this.#options.log.warn(`there is no tunnel: ${sentence}`, { next_try_in_seconds: pauseMs / 1000 });
  }

  #tokenChanged(renewed: boolean, changed: () => void): void {
    const { failure } = this.#tokens;
    if (!renewed && failure !== undefined)
      this.#options.log.warn(`the token of the tunnel could not be renewed: ${sentenceOf(failure)}`);
    changed();
  }

  #set(state: State): void {
    if (this.#state.at === 'closed') return;
    this.#state = state;
    this.#options.changed();
  }
}
