/** A registration whose dashboard, clock and randomness are the test's, made anew for each test. */
import { afterEach, beforeEach, expect } from 'bun:test';
import { fail, ok } from '../../src/core/failure.ts';
import type { Log } from '../../src/core/log.ts';
import type { Dashboard, Reply } from '../../src/tunnel/registration/dashboard.ts';
import { Registration, type Code, type RegistrationOptions } from '../../src/tunnel/registration/registration.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const AWAY: Reply = fail({ reason: 'unreachable', detail: 'connection refused' });
export const UNKNOWN: Reply = fail({ reason: 'http', status: 404, detail: 'unknown devbox' });
export const BROKEN: Reply = fail({ reason: 'http', status: 500, detail: 'oops' });
export const UPDATED: Reply = ok({ updated: true });
export const REACH = { url: 'https://a-1.x', terminalUrl: 'https://a-2.x', token: 'token-1' };
export const NEXT_REACH = { ...REACH, token: 'token-2' };

/** What it was asked, and what it answers from now on. */
class Scripted implements Dashboard {
  readonly asked: { readonly what: string; readonly body: Readonly<Record<string, string>> }[] = [];
  refreshes: Reply = UNKNOWN;
  registers: Reply = ok({ id: 'a/b' });
  states: Reply = ok({ status: 'pending' });

  answerRefresh: (body: Readonly<Record<string, string>>) => Reply = () => this.refreshes;

  refresh(body: object): Promise<Reply> {
    return this.#note('refresh', body, this.answerRefresh({ ...body }));
  }
  register(body: object): Promise<Reply> {
    return this.#note('register', body, this.registers);
  }
  status(id: string): Promise<Reply> {
    return this.#note('status', { id }, this.states);
  }
  times(what: string): number {
    return this.asked.filter((one) => one.what === what).length;
  }
  last(what: string) {
    return this.asked.findLast((one) => one.what === what)?.body ?? {};
  }
  async #note(what: string, body: object, reply: Reply): Promise<Reply> {
    this.asked.push({ what, body: { ...body } });
    await Promise.resolve();
    return reply;
  }
}

export class RegistrationWorld {
  clock = new ManualClock();
  dashboard = new Scripted();
  shown: Code[] = [];
  warnings: string[] = [];
  registration = this.make();

  make(more: Partial<RegistrationOptions> = {}): Registration {
    const log: Log = { info() {}, warn: (message) => this.warnings.push(message), error() {} };
    let bytes = 0;
    return new Registration({
      dashboard: this.dashboard,
      url: 'https://dash.example',
      name: 'box',
      key: 'key-1',
      mayTellSecrets: true,
      clock: this.clock,
      random: (size) => new Uint8Array(size).fill(bytes++),
      log,
      show: (code) => this.shown.push(code),
      ...more,
    });
  }

  state() {
    return this.registration.status.state;
  }

  async registered(): Promise<void> {
    this.dashboard.refreshes = UPDATED;
    this.registration.reachable(REACH);
    await settle();
    expect(this.state()).toBe('registered');
  }

  async unconfirmed(): Promise<string> {
    this.registration.reachable(REACH);
    await settle();
    expect(this.state()).toBe('unconfirmed');
    return this.registration.status.code?.code ?? '';
  }
}

/** The world of the test that runs. */
export function registrationWorld(): () => RegistrationWorld {
  let world: RegistrationWorld;
  beforeEach(() => {
    world = new RegistrationWorld();
  });
  afterEach(() => world.registration[Symbol.asyncDispose]());
  return () => world;
}
