/**
 * Tells a dashboard where this machine is.
 *
 *   waiting ──reachable()──▶ asking ──known already──────────────────────────▶ registered
 *                              │  ▲                                              ▲  │
 *                              │  └────────the dashboard has forgotten it───────│──┘ pushes what changes
 *                              ├──a code is registered──▶ unconfirmed ─confirmed─┘
 *                              │                             └──10 minutes──▶ expired
 *                              └──refused, or unreachable──▶ failed ──back-off, if unreachable──▶ asking
 *
 * `requestCode()` leads to asking from anywhere. Nothing waits for it, and no failure of it ends the server.
 */
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import type { RandomBytes } from '../../core/id.ts';
import type { Log } from '../../core/log.ts';
import { BackOff } from '../back-off.ts';
import { pause } from '../pause.ts';
import { isTransient, sentenceOf } from './failure.ts';
import { newChallengeCode } from './challenge-code.ts';
import { addressAt, type Dashboard, type DashboardFailure, type Reply } from './dashboard.ts';
import type { KnownKey } from './known-key.ts';
import { registerBody, registeredId, sameReach, verdictOf, type Known, type Reach } from './messages.ts';
import { isTaken, refresh } from './refresh.ts';

const TRIES = 3;
const TRY_AGAIN_MS = 5000;
const LOOK_MS = 5000;
const CODE_LIFE_MS = 600_000;

export interface Code {
  readonly code: string;
  /** Page of the dashboard where it is entered. */
  readonly enterAt: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

type State =
  | { readonly at: 'waiting' }
  | { readonly at: 'asking' }
  | { readonly at: 'unconfirmed'; readonly code: Code }
  | { readonly at: 'registered' }
  | { readonly at: 'failed' }
  | { readonly at: 'expired' }
  | { readonly at: 'closed' };

export interface RegistrationOptions {
  readonly dashboard: Dashboard;
  /** Address of the dashboard. */
  readonly url: string;
  readonly name: string;
  readonly key: string;
  /** Where the key that the dashboard knows is kept while that is another one. Default: nowhere. */
  readonly knownKey?: KnownKey;
  /** Whether the key and the token of the tunnel may be sent there: the line is safe, or the user said that it may. */
  readonly mayTellSecrets: boolean;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Shows a code where nobody overlooks it. */
  readonly show: (code: Code) => void;
}

export interface RegistrationStatus {
  readonly state: Exclude<State['at'], 'closed'>;
  readonly dashboard: string;
  readonly code?: Code;
  /** One sentence; absent when nothing is wrong. */
  readonly lastError?: string;
}

export class Registration implements AsyncDisposable {
  readonly #options: RegistrationOptions;
  #state: State = { at: 'waiting' };
  #lastError: string | undefined;
  #reach: Reach | undefined;
  #key: string;
  /** What was logged last. */
  #said: string | undefined;
  /** What the dashboard was told last, and has taken. Its key proves the next message. */
  #known: Known;
  #work: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#key = options.key;
    this.#known = { key: options.knownKey?.read() ?? options.key, reach: undefined };
  }

  get status(): RegistrationStatus {
    const { url } = this.#options;
    return {
      state: this.#state.at === 'closed' ? 'waiting' : this.#state.at,
      dashboard: url,
      ...(this.#state.at === 'unconfirmed' && { code: this.#state.code }),
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    };
  }

  /** Where this machine is from now on. The first call begins the registration. */
  reachable(reach: Reach): void {
    this.#reach = reach;
    this.#changed();
  }

  /** The key of this server was rotated. The dashboard still knows the last one that it was told of. */
  keyChanged(fresh: string): void {
    this.#key = fresh;
    this.#keepKnownKey();
    if (this.#reach !== undefined) this.#changed();
  }

  /** Begins anew: a dashboard that does not know this machine gets a new code. */
  requestCode(): void {
    // Not known yet where this machine is: then it begins by itself.
    if (this.#reach === undefined) return;
    // At once, so that whoever has asked does not take the code before for the new one.
    this.#set({ at: 'asking' });
    this.#begin((signal) => this.#enrol(signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = { at: 'closed' };
    this.#work?.stop.abort();
    await this.#work?.done;
  }

  #changed(): void {
    switch (this.#state.at) {
      case 'waiting':
      case 'failed':
        return this.#begin((signal) => this.#enrol(signal));
      case 'registered':
      case 'expired':
        return this.#begin((signal) => this.#push(signal));
      // What was sent is compared with what there is when that is done.
      case 'asking':
      case 'unconfirmed':
      case 'closed':
        return;
    }
  }

  /** One piece of work at a time: the one before is called off. */
  #begin(work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#state.at === 'closed') return;
    const before = this.#work;
    before?.stop.abort();
    const stop = new AbortController();
    const done = (async () => {
      await before?.done;
      try {
        if (!stop.signal.aborted) await work(stop.signal);
      } catch (error) {
        this.#fail(`registration has failed: ${messageOf(error)}`);
      }
    })();
    this.#work = { stop, done };
  }

  async #enrol(signal: AbortSignal): Promise<void> {
    const { mayTellSecrets, clock } = this.#options;
    const backOff = new BackOff();
    for (;;) {
      this.#set({ at: 'asking' });
      let mayBeKnown = false;
      if (mayTellSecrets) {
        const { reply, sent } = await this.#refresh(signal);
        if (signal.aborted) return;
        if (isTaken(reply)) return this.#registered(sent, signal);
        mayBeKnown = !reply.ok && isTransient(reply.failure);
      }
      const failure = await this.#register(signal);
      if (signal.aborted || failure === undefined) return;
      this.#fail(`${this.#options.url} ${sentenceOf(failure)}`);
      // An answer is final; a network may come up later than this server, and a dashboard that is just being restarted may
      // know this machine.
      if (failure.reason === 'http' && !(mayBeKnown && isTransient(failure))) return;
      await pause(clock, Math.max(TRY_AGAIN_MS, backOff.next()), signal);
      if (signal.aborted) return;
    }
  }

  /** Undefined when the dashboard has taken it, whatever became of the code. */
  async #register(signal: AbortSignal): Promise<DashboardFailure | undefined> {
    const { dashboard, clock, random } = this.#options;
    const code = newChallengeCode(random);
    for (let tries = 1; ; tries += 1) {
      const { body, sent } = this.#registerBody(code);
      const reply = await dashboard.register(body, signal);
      if (signal.aborted) return undefined;
      const id = reply.ok ? registeredId(reply.value) : undefined;
      if (id !== undefined) {
        await this.#confirm(id, code, sent, signal);
        return undefined;
      }
      if (reply.ok) return { reason: 'http', status: 200, detail: 'its answer has no id' };
      if (reply.failure.reason === 'http' || tries === TRIES) return reply.failure;
      this.#lastError = `${this.#options.url} ${sentenceOf(reply.failure)}`;
      await pause(clock, TRY_AGAIN_MS, signal);
      if (signal.aborted) return undefined;
    }
  }

  async #confirm(id: string, code: string, sent: Known, signal: AbortSignal): Promise<void> {
    const { dashboard, url, clock, show, log } = this.#options;
    const shown: Code = { code, enterAt: addressAt(url, '/devboxes'), expiresAt: clock.now() + CODE_LIFE_MS };
    this.#lastError = undefined;
    this.#set({ at: 'unconfirmed', code: shown });
    show(shown);
    while (clock.now() < shown.expiresAt) {
      await pause(clock, LOOK_MS, signal);
      if (signal.aborted) return;
      const reply = await dashboard.status(id, signal);
      if (signal.aborted) return;
      const verdict = reply.ok ? verdictOf(reply.value) : 'open';
      if (verdict === 'confirmed') return this.#registered(sent, signal);
      if (verdict === 'ended') break;
    }
    this.#lastError = 'nobody has confirmed the code in time; ask for a new one with: agent-server register';
    log.warn(`not registered: ${this.#lastError}`);
    this.#set({ at: 'expired' });
  }

  /** Says again where this machine is, until the dashboard has taken it. */
  async #push(signal: AbortSignal): Promise<void> {
    const { mayTellSecrets, clock, log, url } = this.#options;
    // Without the key there is nothing to prove who we are.
    if (!mayTellSecrets) return;
    const backOff = new BackOff();
    for (;;) {
      const { reply, sent } = await this.#refresh(signal);
      if (signal.aborted) return;
      if (isTaken(reply)) return this.#registered(sent, signal);
      if (!reply.ok && isTransient(reply.failure)) {
        this.#lastError = `${url} ${sentenceOf(reply.failure)}`;
        this.#warn(`the dashboard could not be told of a change: ${this.#lastError}`);
        await pause(clock, backOff.next(), signal);
        if (signal.aborted) return;
        continue;
      }
      // A code that nobody wanted is not followed by another, unasked.
      if (this.#state.at === 'expired') return;
      log.warn('the dashboard no longer knows this machine', { dashboard: url });
      return this.#enrol(signal);
    }
  }

  async #registered(sent: Known, signal: AbortSignal): Promise<void> {
    const { log, url, name } = this.#options;
    this.#known = sent;
    this.#keepKnownKey();
    this.#lastError = undefined;
    this.#said = undefined;
    if (this.#state.at !== 'registered') log.info('registered', { dashboard: url, name });
    this.#set({ at: 'registered' });
    if (sent.key !== this.#key || !sameReach(sent.reach, this.#reach)) await this.#push(signal);
  }

  async #refresh(signal: AbortSignal): Promise<{ readonly reply: Reply; readonly sent: Known }> {
    const { dashboard, name } = this.#options;
    const sent: Known = { key: this.#key, reach: this.#reach };
    return { sent, reply: await refresh(dashboard, name, sent, this.#known.key, signal) };
  }

  #keepKnownKey(): void {
    const { knownKey, mayTellSecrets, log } = this.#options;
    if (!mayTellSecrets) return;
    try {
      knownKey?.keep(this.#known.key, this.#key);
    } catch (error) {
      log.warn('the key that the dashboard knows could not be kept for the next start', { detail: messageOf(error) });
    }
  }

  #registerBody(code: string) {
    const sent: Known = { key: this.#key, reach: this.#reach };
    return { sent, body: registerBody(this.#options.name, sent, code, this.#options.mayTellSecrets) };
  }

  #fail(sentence: string): void {
    this.#lastError = sentence;
    this.#warn(`not registered: ${sentence}`);
    this.#set({ at: 'failed' });
  }

  /** Not again and again, while it is tried again. */
  #warn(message: string): void {
    if (message !== this.#said) this.#options.log.warn(message);
    this.#said = message;
  }

  #set(state: State): void {
    if (this.#state.at !== 'closed') this.#state = state;
  }
}
