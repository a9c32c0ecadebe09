/** The life of a tunnel: how it comes up, what it does when something is wrong, and how it ends. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Log } from '../../src/core/log.ts';
import { Devtunnel } from '../../src/tunnel/devtunnel/devtunnel.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { ScriptedTool, URL_8585 } from './scripted-tool.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let clock: ManualClock;
let tool: ScriptedTool;
let tunnel: Devtunnel;
let warnings: string[];
let changes: number;

beforeEach(() => {
  clock = new ManualClock();
  tool = new ScriptedTool(clock);
  warnings = [];
  changes = 0;
  const log: Log = { info() {}, warn: (message) => warnings.push(message), error() {} };
  const ports = { main: 8585, terminal: 8586 };
  tunnel = new Devtunnel({ tool, id: 't', ports, clock, log, changed: () => (changes += 1) });
});
afterEach(() => tunnel[Symbol.asyncDispose]());

async function opened(): Promise<void> {
  tunnel.start();
  await settle();
  expect(tunnel.status.state).toBe('open');
}

test('what is asked of devtunnel, in this order', async () => {
  await opened();
  expect(tool.calls).toEqual([
    'user show',
    'create t --expiration 30d',
    'port create t -p 8585',
    'port create t -p 8586',
    'access create t --anonymous',
    'update t --host-header unchanged',
    'update t --origin-header unchanged',
    'token t --scopes connect',
    'host t',
  ]);
  expect(tunnel.status).toMatchObject({
    urls: { url: URL_8585, terminalUrl: 'https://abc-8586.euw.devtunnels.ms' },
    tokenExpiresAt: clock.now() + 24 * HOUR,
  });
  expect(changes).toBeGreaterThan(0);
});

test('a tunnel that exists already is used, and options that this devtunnel does not know are no fault', async () => {
  const conflict = { code: 1, text: 'Tunnel service error: Conflict with existing entity. It already exists.' };
  for (const verb of ['create', 'port', 'access']) tool.answers.set(verb, conflict);
  tool.answers.set('update', { code: 1, text: 'Unrecognized command or argument' });
  await opened();
  expect(warnings).toEqual([]);
});

describe('what only a person can change is said once, and looked at every five minutes', () => {
  test.each([
    ['devtunnel is not there', 'user show', { reason: 'not-found' } as const, 'install it'],
    ['not logged in, with an error', 'user show', { code: 1, text: 'Not logged in.' }, 'devtunnel user login'],
    ['not logged in, by its words', 'user show', { code: 0, text: 'Not logged in.' }, 'devtunnel user login'],
    [
      'the login has ended, as the host says',
      'host',
      { text: 'Unauthorized: login expired\n' },
      'devtunnel user login',
    ],
  ])('%s', async (_what, command, answer, advice) => {
    tool.answers.set(command, answer);
    if (command === 'host') tool.hostsDie = true;
    tunnel.start();
    await settle();
    expect(tunnel.status).toMatchObject({ state: 'waiting', lastError: expect.stringContaining(advice) });
    await clock.advance(12 * MINUTE);
    expect(tool.calls.filter((call) => call.startsWith(command)).length).toBe(3);
    expect(warnings.length).toBe(1);
    tool.answers.clear();
    tool.hostsDie = false;
    await clock.advance(5 * MINUTE);
    expect(tunnel.status.state).toBe('open');
    expect(tunnel.status.lastError).toBeUndefined();
  });
});

test('a devtunnel that cannot say whether it is logged in is asked again soon: at logon the network may not be up yet', async () => {
  tool.answers.set('user show', { code: 1, text: 'no such host is known' });
  tunnel.start();
  await settle();
  expect(tunnel.status.lastError).toContain('no such host is known; run: devtunnel user login');
  await clock.advance(3 * SECOND);
  expect(tool.calls.length).toBe(3);
  expect(warnings.length).toBe(1);
  tool.answers.clear();
  await clock.advance(4 * SECOND);
  expect(tunnel.status.state).toBe('open');
});

describe('a host that ends is started again', () => {
  test('after pauses that grow to five minutes', async () => {
    await opened();
    tool.hostsDie = true;
    tool.hosted = 'connection lost\n';
    tool.lastHost.die();
    await settle();
    const pauses: number[] = [];
    for (let round = 0; round < 11; round += 1) {
      expect(tunnel.status).toMatchObject({ state: 'waiting', lastError: expect.stringContaining('has ended') });
      pauses.push(await pauseUntilNextHost());
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  async function pauseUntilNextHost(): Promise<number> {
    const before = tool.hosts.length;
    for (let waited = 0; ; waited += 1) {
      if (tool.hosts.length > before) return waited;
      await clock.advance(SECOND);
    }
  }

  test('at once again after it has stood for a while', async () => {
    await opened();
    for (let round = 0; round < 3; round += 1) {
      await clock.advance(2 * MINUTE);
      tool.lastHost.die();
      await settle();
      expect(await pauseUntilNextHost()).toBe(1);
    }
    expect(tool.hosts.length).toBe(4);
    // The tunnel is there: it is only hosted.
    expect(tool.calls.filter((call) => call.startsWith('create')).length).toBe(1);
  });

  test('not before a minute has passed where the service says 429', async () => {
    tool.hosted = 'Response status code does not indicate success: 429 (Too Many Requests)\n';
    tool.hostsDie = true;
    tunnel.start();
    await settle();
    expect(await pauseUntilNextHost()).toBe(60);
  });

  test('and made anew where it could not be hosted: it may have been deleted', async () => {
    tool.hosted = 'Tunnel not found\n';
    tool.hostsDie = true;
    tunnel.start();
    await settle();
    tool.hosted = '';
    await clock.advance(SECOND);
    expect(tool.calls.filter((call) => call.startsWith('create')).length).toBe(2);
  });
});

test('a host that prints no address within 15 seconds is ended', async () => {
  tool.hosted = 'Hosting port: 8585\n';
  tunnel.start();
  await clock.advance(14 * SECOND);
  expect(tunnel.status.state).toBe('starting');
  const { lastHost } = tool;
  await clock.advance(1 * SECOND);
  expect(lastHost.ended).toBe(true);
  expect(tunnel.status).toMatchObject({ state: 'waiting', lastError: expect.stringContaining('no address') });
});

test('colours come in pieces, too', async () => {
  tool.hosted = '';
  tunnel.start();
  await settle();
  const text = `Connect via browser: \x1b[36m${URL_8585}\x1b[0m\r\n`;
  for (const character of text) tool.lastHost.print(character);
  await settle();
  expect(tunnel.status).toMatchObject({ state: 'open', urls: { url: URL_8585 } });
});

test('a host may print without end, before and after its address', async () => {
  tool.hosted = '';
  tunnel.start();
  await settle();
  const noise = '\ufffd'.repeat(1024 * 1024);
  for (let times = 0; times < 20; times += 1) tool.lastHost.print(noise);
  tool.lastHost.print(`\n${URL_8585}\n`);
  await settle();
  expect(tunnel.status.state).toBe('open');
  for (let times = 0; times < 20; times += 1) tool.lastHost.print(noise);
  tool.lastHost.print('\n429 (Too Many Requests)\n');
  tool.lastHost.die();
  await settle();
  expect(tunnel.status.lastError?.length).toBeLessThan(400);
  expect(tunnel.status.lastError).toContain('429');
});

test('a command that does not come back is a failure like others', async () => {
  tool.answers.set('port create t -p 8586', { reason: 'late' });
  tunnel.start();
  await settle();
  expect(tunnel.status.lastError).toContain('within 15 seconds');
  tool.answers.clear();
  await clock.advance(SECOND);
  expect(tunnel.status.state).toBe('open');
});

describe('the token', () => {
  test('is renewed when three quarters of its life are over', async () => {
    await opened();
    await clock.advance(17 * HOUR);
    expect(tool.tokens).toBe(1);
    await clock.advance(HOUR + MINUTE);
    expect(tool.tokens).toBe(2);
    expect(tunnel.status.tokenExpiresAt).toBeGreaterThan(clock.now() + 23 * HOUR);
  });

  test('also on a machine that has slept meanwhile', async () => {
    await opened();
    clock.sleep(20 * HOUR);
    await clock.advance(30 * SECOND);
    expect(tool.tokens).toBe(2);
  });

  test('is asked for again where that fails, and the tunnel stands', async () => {
    tool.answers.set('token', { code: 1, text: 'the service is away; it had said eyJhbGciOi.secret.token' });
    await opened();
    expect(tunnel.status).toMatchObject({ lastError: expect.stringContaining('the service is away') });
    expect(JSON.stringify([tunnel.status, warnings])).not.toContain('eyJ');
    tool.answers.clear();
    await clock.advance(SECOND);
    expect(tunnel.status.token).toStartWith('eyJ');
    expect(tunnel.status.lastError).toBeUndefined();
  });

  test('that is over at once does not make a storm of questions', async () => {
    tool.lifetime = 0;
    await opened();
    await clock.advance(10 * SECOND);
    expect(tool.tokens).toBeLessThanOrEqual(11);
  });
});

describe('its end', () => {
  test('takes the host along, and nothing is started after it', async () => {
    await opened();
    const { lastHost } = tool;
    await tunnel[Symbol.asyncDispose]();
    expect(lastHost.ended).toBe(true);
    const calls = tool.calls.length;
    await clock.advance(24 * HOUR);
    expect(tool.calls.length).toBe(calls);
    expect(tunnel.status.state).toBe('off');
  });

  test('comes also while it waits, or for an address', async () => {
    tool.hosted = '';
    tunnel.start();
    await settle();
    const { lastHost } = tool;
    await tunnel[Symbol.asyncDispose]();
    expect(lastHost.ended).toBe(true);
    expect(clock.pending).toEqual([]);
  });
});
