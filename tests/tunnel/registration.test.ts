/** The registration with a dashboard: known or not, confirmed or not, reachable or not. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fail, ok } from '../../src/core/failure.ts';
import type { Log } from '../../src/core/log.ts';
import { durableFiles } from '../../src/platform/files/durable-files.ts';
import type { Dashboard, Reply } from '../../src/tunnel/registration/dashboard.ts';
import { knownKeyIn } from '../../src/tunnel/registration/known-key.ts';
import { Registration, type Code, type RegistrationOptions } from '../../src/tunnel/registration/registration.ts';
import { Sandbox } from '../support/sandbox.ts';
import { ManualClock, settle } from './manual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const AWAY: Reply = fail({ reason: 'unreachable', detail: 'connection refused' });
const UNKNOWN: Reply = fail({ reason: 'http', status: 404, detail: 'unknown devbox' });
const BROKEN: Reply = fail({ reason: 'http', status: 500, detail: 'oops' });
const UPDATED: Reply = ok({ updated: true });
const REACH = { url: 'https://a-1.x', terminalUrl: 'https://a-2.x', token: 'token-1' };
const NEXT_REACH = { ...REACH, token: 'token-2' };

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

let clock: ManualClock;
let dashboard: Scripted;
let registration: Registration;
let shown: Code[];
let warnings: string[];

function make(more: Partial<RegistrationOptions> = {}): Registration {
  const log: Log = { info() {}, warn: (message) => warnings.push(message), error() {} };
  let bytes = 0;
  return new Registration({
    dashboard,
    url: 'https://dash.example',
    name: 'box',
    key: 'key-1',
    mayTellSecrets: true,
    clock,
    random: (size) => new Uint8Array(size).fill(bytes++),
    log,
    show: (code) => shown.push(code),
    ...more,
  });
}

beforeEach(() => {
  clock = new ManualClock();
  dashboard = new Scripted();
  shown = [];
  warnings = [];
  registration = make();
});
afterEach(() => registration[Symbol.asyncDispose]());

const state = () => registration.status.state;

async function registered(): Promise<void> {
  dashboard.refreshes = UPDATED;
  registration.reachable(REACH);
  await settle();
  expect(state()).toBe('registered');
}

async function unconfirmed(): Promise<string> {
  registration.reachable(REACH);
  await settle();
  expect(state()).toBe('unconfirmed');
  return registration.status.code?.code ?? '';
}

test('nothing is said before it is known where this machine is', async () => {
  await clock.advance(MINUTE);
  registration.requestCode();
  await settle();
  expect(dashboard.asked).toEqual([]);
  expect(state()).toBe('waiting');
});

test('a machine that the dashboard knows needs no code', async () => {
  await registered();
  expect(dashboard.asked).toEqual([
    {
      what: 'refresh',
      body: {
        name: 'box',
        tunnel_url: 'https://a-1.x',
        terminal_url: 'https://a-2.x',
        tunnel_token: 'token-1',
        api_key: 'key-1',
        current_api_key: 'key-1',
      },
    },
  ]);
  expect(shown).toEqual([]);
});

describe('a machine that it does not know', () => {
  test('shows a code until somebody has entered it', async () => {
    const code = await unconfirmed();
    expect(code).toMatch(/^[A-Z]{3}-\d{4}$/);
    expect(shown).toEqual([{ code, enterAt: 'https://dash.example/devboxes', expiresAt: clock.now() + 10 * MINUTE }]);
    expect(dashboard.last('register')).toMatchObject({
      challenge_code: code,
      api_key: 'key-1',
      tunnel_token: 'token-1',
    });
    await clock.advance(5 * SECOND);
    expect(dashboard.last('status')).toEqual({ id: 'a/b' });
    // A dashboard that restarts meanwhile is asked again.
    dashboard.states = AWAY;
    await clock.advance(5 * SECOND);
    dashboard.states = ok({ status: 'confirmed', devbox: { id: 3, name: 'box' } });
    await clock.advance(5 * SECOND);
    expect(state()).toBe('registered');
    expect(registration.status.code).toBeUndefined();
    expect(dashboard.times('status')).toBe(3);
    await clock.advance(MINUTE);
    expect(dashboard.times('status')).toBe(3);
  });

  test('gives up after ten minutes, and asks for another code only when somebody wants one', async () => {
    const code = await unconfirmed();
    await clock.advance(10 * MINUTE);
    expect(registration.status).toMatchObject({ state: 'expired', lastError: expect.stringContaining('register') });
    expect(dashboard.times('status')).toBe(120);
    registration.reachable(NEXT_REACH);
    await clock.advance(MINUTE);
    expect(dashboard.times('register')).toBe(1);
    registration.requestCode();
    await settle();
    expect(state()).toBe('unconfirmed');
    expect(registration.status.code?.code).not.toBe(code);
  });

  test('a code that was rejected has ended', async () => {
    await unconfirmed();
    dashboard.states = ok({ status: 'rejected' });
    await clock.advance(5 * SECOND);
    expect(state()).toBe('expired');
  });

  test('another code makes the first one void', async () => {
    await unconfirmed();
    dashboard.registers = ok({ id: 2 });
    registration.requestCode();
    expect(registration.status.code).toBeUndefined();
    await settle();
    dashboard.asked.length = 0;
    await clock.advance(5 * SECOND);
    expect(dashboard.asked).toEqual([{ what: 'status', body: { id: '2' } }]);
  });

  test('tells afterwards what has changed while nobody had confirmed it', async () => {
    await unconfirmed();
    registration.reachable(NEXT_REACH);
    registration.keyChanged('key-2');
    await settle();
    expect(dashboard.times('refresh')).toBe(1);
    dashboard.states = ok({ status: 'confirmed' });
    dashboard.refreshes = UPDATED;
    await clock.advance(5 * SECOND);
    expect(dashboard.last('refresh')).toMatchObject({
      tunnel_token: 'token-2',
      api_key: 'key-2',
      current_api_key: 'key-1',
    });
    expect(state()).toBe('registered');
  });
});

describe('a dashboard that cannot be reached', () => {
  test('is tried three times with one code, five seconds apart, and then more and more rarely', async () => {
    dashboard.refreshes = AWAY;
    dashboard.registers = AWAY;
    registration.reachable(REACH);
    await clock.advance(9 * SECOND);
    expect(dashboard.times('register')).toBe(2);
    expect(registration.status).toMatchObject({
      state: 'asking',
      lastError: expect.stringContaining('connection refused'),
    });
    await clock.advance(SECOND);
    expect(dashboard.times('register')).toBe(3);
    expect(new Set(dashboard.asked.flatMap(({ body }) => body['challenge_code'] ?? [])).size).toBe(1);
    expect(state()).toBe('failed');
    await clock.advance(MINUTE);
    expect(dashboard.times('register')).toBeGreaterThan(3);
    expect(warnings.length).toBe(1);
    dashboard.refreshes = UPDATED;
    await clock.advance(5 * MINUTE);
    expect(registration.status).toEqual({ state: 'registered', dashboard: 'https://dash.example' });
  });

  test('an error that it answers with is final', async () => {
    dashboard.registers = BROKEN;
    registration.reachable(REACH);
    await clock.advance(10 * MINUTE);
    expect(dashboard.times('register')).toBe(1);
    expect(registration.status).toMatchObject({
      state: 'failed',
      lastError: 'https://dash.example refuses with HTTP 500: oops',
    });
    dashboard.registers = ok({ id: 1 });
    registration.requestCode();
    await settle();
    expect(state()).toBe('unconfirmed');
  });

  test('one that is just being restarted is asked again, since it may know this machine', async () => {
    dashboard.refreshes = BROKEN;
    dashboard.registers = BROKEN;
    registration.reachable(REACH);
    await settle();
    expect(registration.status).toMatchObject({ state: 'failed', lastError: expect.stringContaining('HTTP 500') });
    dashboard.refreshes = UPDATED;
    await clock.advance(5 * SECOND);
    expect(state()).toBe('registered');
    expect(shown).toEqual([]);
  });

  test('an answer without an id is a refusal', async () => {
    dashboard.registers = ok({});
    registration.reachable(REACH);
    await settle();
    expect(registration.status).toMatchObject({ state: 'failed', lastError: expect.stringContaining('no id') });
  });
});

describe('what changes is pushed', () => {
  test('a new token, again and again until the dashboard has it', async () => {
    await registered();
    dashboard.refreshes = AWAY;
    registration.reachable(NEXT_REACH);
    await clock.advance(2 * SECOND);
    dashboard.refreshes = BROKEN;
    await clock.advance(10 * SECOND);
    expect(registration.status).toMatchObject({ state: 'registered', lastError: expect.stringContaining('HTTP 500') });
    expect(dashboard.times('register')).toBe(0);
    dashboard.refreshes = UPDATED;
    await clock.advance(10 * SECOND);
    expect(dashboard.last('refresh')).toMatchObject({ tunnel_token: 'token-2' });
    expect(registration.status.lastError).toBeUndefined();
    const pushes = dashboard.times('refresh');
    await clock.advance(MINUTE);
    expect(dashboard.times('refresh')).toBe(pushes);
  });

  test('a new key, proven by the last one that the dashboard has taken', async () => {
    await registered();
    dashboard.refreshes = AWAY;
    registration.keyChanged('key-2');
    await settle();
    registration.keyChanged('key-3');
    dashboard.refreshes = UPDATED;
    await settle();
    expect(dashboard.last('refresh')).toMatchObject({ api_key: 'key-3', current_api_key: 'key-1' });
    registration.keyChanged('key-4');
    await settle();
    expect(dashboard.last('refresh')).toMatchObject({ api_key: 'key-4', current_api_key: 'key-3' });
  });

  test('a dashboard whose answer was lost knows the new key already', async () => {
    await registered();
    dashboard.refreshes = UNKNOWN;
    const proofs: unknown[] = [];
    dashboard.answerRefresh = ({ current_api_key: proof }) => {
      proofs.push(proof);
      return proof === 'key-2' ? UPDATED : proofs.length === 1 ? AWAY : UNKNOWN;
    };
    registration.keyChanged('key-2');
    await clock.advance(MINUTE);
    expect(proofs).toEqual(['key-1', 'key-1', 'key-2']);
    expect(state()).toBe('registered');
    expect(dashboard.times('register')).toBe(0);
  });

  test('a key that the dashboard does not know yet is kept with the one that it knows, until it does', async () => {
    using box = new Sandbox();
    const knownKey = knownKeyIn(durableFiles, box.path, 'https://dash.example');
    const files = () => readdirSync(box.path);
    registration = make({ knownKey });
    await registered();
    expect(files()).toEqual([]);
    dashboard.refreshes = AWAY;
    registration.keyChanged('key-2');
    registration.keyChanged('key-3');
    await settle();
    await registration[Symbol.asyncDispose]();
    expect(JSON.stringify(readFileSync(box.file('registration.json'), 'utf8'))).not.toMatch(/key-[23]/);
    if (process.platform !== 'win32') expect(statSync(box.file('registration.json')).mode & 0o777).toBe(0o600);
    expect(knownKeyIn(durableFiles, box.path, 'https://another.example').read()).toBeUndefined();

    registration = make({ knownKey, key: 'key-3' });
    await registered();
    expect(dashboard.last('refresh')).toMatchObject({ api_key: 'key-3', current_api_key: 'key-1' });
    expect({ files: files(), codes: dashboard.times('register') }).toEqual({ files: [], codes: 0 });
  });

  test('where it cannot be kept the rotation counts all the same, and that is said', async () => {
    registration = make({ knownKey: knownKeyIn(durableFiles, '/nowhere/at/all', 'https://dash.example') });
    await registered();
    dashboard.refreshes = AWAY;
    registration.keyChanged('key-2');
    expect(warnings).toEqual(['the key that the dashboard knows could not be kept for the next start']);
  });

  test('and a page that answers in place of the dashboard means nothing', async () => {
    await registered();
    dashboard.refreshes = fail({ reason: 'unreachable', detail: 'what answers there is no JSON' });
    registration.reachable(NEXT_REACH);
    await clock.advance(MINUTE);
    expect(registration.status).toMatchObject({ state: 'registered', lastError: expect.stringContaining('no JSON') });
    expect(dashboard.times('register')).toBe(0);
    dashboard.refreshes = UPDATED;
    await clock.advance(MINUTE);
    expect(registration.status).toEqual({ state: 'registered', dashboard: 'https://dash.example' });
  });

  test('and a dashboard that has forgotten this machine gets a new code', async () => {
    await registered();
    dashboard.refreshes = UNKNOWN;
    registration.reachable(NEXT_REACH);
    await settle();
    expect(state()).toBe('unconfirmed');
    expect(dashboard.last('register')).toMatchObject({ tunnel_token: 'token-2' });
  });
});

test('over a line that others can read, neither key nor token is told', async () => {
  registration = make({ mayTellSecrets: false });
  await unconfirmed();
  expect(dashboard.times('refresh')).toBe(0);
  expect(JSON.stringify(dashboard.asked)).not.toMatch(/key-1|token-1/);
  dashboard.states = ok({ status: 'confirmed' });
  await clock.advance(5 * SECOND);
  expect(state()).toBe('registered');
  registration.reachable(NEXT_REACH);
  await settle();
  expect(JSON.stringify(dashboard.asked)).not.toMatch(/key-1|token-/);
});

test('after its end nothing is said any more', async () => {
  await unconfirmed();
  await registration[Symbol.asyncDispose]();
  const before = dashboard.asked.length;
  registration.requestCode();
  registration.reachable(NEXT_REACH);
  await clock.advance(10 * MINUTE);
  expect(dashboard.asked.length).toBe(before);
  expect(clock.pending).toEqual([]);
});
