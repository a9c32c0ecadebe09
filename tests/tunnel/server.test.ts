/** A server whose tunnel or registration is not to be had goes on, and says what is wrong. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Registration } from '../../src/protocol/tunnel.ts';
import type { Health } from '../../src/protocol/health.ts';
import { World } from '../cli/world.ts';
import { liveServer } from '../support/doors.ts';
import { Rig, type RigOptions } from '../support/rig.ts';
import { Sandbox } from '../support/sandbox.ts';
import { FakeDashboard } from './fake-dashboard.ts';
import { FakeDevtunnel } from './fake-devtunnel.ts';

const start = (options: RigOptions) => Rig.start(liveServer, options);
const healthOf = (rig: Rig) => rig.get<Health>('/health');

/** A machine that runs these tests may have the real one. */
const pathWithoutDevtunnel = (): string =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !existsSync(join(folder, 'devtunnel')))
    .join(delimiter);

/** The health, once the registration is as wanted. */
const registrationIs = (rig: Rig, state: Health['registration']['state']) =>
  rig.waitFor(`the registration to be ${state}`, async () => {
    const health = await healthOf(rig);
    return health.registration.state === state ? health : undefined;
  });

test('without either there is nothing, and no code to be had', async () => {
  await using rig = await start({});
  expect(await healthOf(rig)).toMatchObject({ tunnel: { state: 'off' }, registration: { state: 'off' }, problems: [] });
  expect(await rig.get<object>('/registration')).toEqual({ state: 'off' });
  expect(await rig.ask('/registration', { method: 'POST' })).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining('--register') },
  });
  expect((await rig.ask('/registration', { method: 'POST', key: 'another' })).status).toBe(401);
});

test('the names of a tunnel are those of the server while it stands, and no longer', async () => {
  using box = new Sandbox();
  const fake = new FakeDevtunnel(box.path);
  await using rig = await start({ env: { ...fake.env, AGENT_SERVER_TUNNEL: '1', AGENT_SERVER_TUNNEL_ID: 'mine' } });
  const tunnelIs = (state: Health['tunnel']['state']) =>
    rig.waitFor(`the tunnel to be ${state}`, async () => (await healthOf(rig)).tunnel.state === state);
  const throughTunnel = async () =>
    (await rig.request('/jobs', { headers: { host: `fake123-${rig.port}.euw.devtunnels.ms` } })).status;
  await tunnelIs('open');
  expect(fake.calls).toContain('create mine --expiration 30d');
  expect(await throughTunnel()).toBe(200);
  expect(JSON.stringify(await healthOf(rig))).not.toContain('eyJ');
  fake.play('expires');
  await fake.killHost();
  // It is started once more, and says that its login has ended.
  await rig.waitFor('the end of the login', async () =>
    (await healthOf(rig)).tunnel.lastError?.includes('devtunnel user login'),
  );
  expect(await throughTunnel()).toBe(403);
});

test('the server of a self-test opens no tunnel and registers nowhere', async () => {
  await using world = World.empty();
  await using dashboard = new FakeDashboard();
  const fake = new FakeDevtunnel(world.folder);
  const { code } = await world.cli(['selftest', '--tunnel', '--register', dashboard.url], { env: fake.env });
  expect({ code, asked: dashboard.asked, calls: fake.calls }).toEqual({ code: 0, asked: [], calls: [] });
});

describe('a tunnel that cannot be', () => {
  test.each([
    ['devtunnel is not on the PATH', undefined, 'aka.ms/devtunnels'],
    ['devtunnel is not logged in', 'logged-out', 'devtunnel user login'],
  ])('%s: the server goes on, and is registered where it is', async (_what, played, advice) => {
    using box = new Sandbox();
    await using dashboard = new FakeDashboard();
    const fake = new FakeDevtunnel(box.path);
    if (played !== undefined) fake.play(played);
    await using rig = await start({
      env: { ...(played === undefined ? { PATH: pathWithoutDevtunnel() } : fake.env), AGENT_SERVER_TUNNEL: '1' },
      flags: { register: dashboard.url },
    });
    const { tunnel, problems } = await registrationIs(rig, 'unconfirmed');
    expect(tunnel).toMatchObject({ state: 'waiting', lastError: expect.stringContaining(advice) });
    expect(problems[0]).toContain(advice);
    const [sent = {}] = dashboard.sentTo('/api/register');
    expect(sent).toMatchObject({
      tunnel_url: `http://localhost:${rig.port}`,
      terminal_url: `http://localhost:${new URL(rig.terminalUrl).port}`,
    });
    expect(sent['tunnel_token']).toBeUndefined();
    expect((await rig.run('echo works')).stdout).toBe('works\n');
    const { said, code } = await rig.stop();
    expect(code).toBe(0);
    expect(said.split(advice).length).toBe(2);
  });
});

test('addresses that are given already are told in place of its own, and jobs see no token', async () => {
  await using dashboard = new FakeDashboard();
  const url = 'https://mine-8585.devtunnels.example';
  const terminal = 'https://mine-8586.devtunnels.example';
  await using rig = await start({
    env: { DEVPILOT_TUNNEL_URL: url, DEVPILOT_TERMINAL_URL: terminal, DEVPILOT_TUNNEL_TOKEN: 'a-token' },
    flags: { register: dashboard.url, name: 'box' },
  });
  const { tunnel } = await registrationIs(rig, 'unconfirmed');
  expect(tunnel).toEqual({ state: 'preset', url, terminalUrl: terminal });
  expect(dashboard.last?.body).toMatchObject({
    name: 'box',
    tunnel_url: url,
    terminal_url: terminal,
    tunnel_token: 'a-token',
  });
  const { stdout } = await rig.run('env');
  expect(stdout).toContain(`DEVPILOT_TUNNEL_URL=${url}\n`);
  expect(stdout).not.toContain('a-token');
});

test('a rotated key is told to the dashboard, proven by the one before', async () => {
  await using dashboard = new FakeDashboard();
  await using rig = await start({ key: null, flags: { register: dashboard.url } });
  const old = readFileSync(rig.keyFile, 'utf8');
  const registration = async () => {
    const key = readFileSync(rig.keyFile, 'utf8');
    return (await rig.ask('/registration', { key })).body as Registration;
  };
  const code = await rig.waitFor('a code', async () => (await registration()).code);
  expect(dashboard.enter(code)).toBe(true);
  await rig.waitFor('the confirmation', async () => (await registration()).state === 'registered');
  expect((await rig.ask('/keys/default/rotate', { key: old, method: 'POST' })).status).toBe(200);
  const fresh = readFileSync(rig.keyFile, 'utf8');
  expect(fresh).not.toBe(old);
  await rig.waitFor('the dashboard to know it', () => dashboard.knownKey === fresh);
  expect(dashboard.last?.body).toMatchObject({ api_key: fresh, current_api_key: old });
});

test('the code is for those who may do everything: whoever enters it has the machine', async () => {
  await using dashboard = new FakeDashboard();
  await using rig = await start({ flags: { register: dashboard.url } });
  const { registration, problems } = await registrationIs(rig, 'unconfirmed');
  const code = registration.code ?? '';
  expect(problems.join()).toContain(code);
  const { key } = await rig.post<{ readonly key: string }>('/keys', { name: 'looks', scopes: ['observe', 'run'] });
  for (const path of ['/health', '/registration']) {
    const { status, body } = await rig.ask(path, { key });
    expect({ status, text: JSON.stringify(body) }).toEqual({ status: 200, text: expect.stringContaining('/devboxes') });
    expect(JSON.stringify(body)).not.toContain(code);
  }
});

test('a key that is rotated while the dashboard is away is told to it by the next start, without a new code', async () => {
  await using dashboard = new FakeDashboard();
  await using rig = await start({ key: null, flags: { register: dashboard.url } });
  const old = readFileSync(rig.keyFile, 'utf8');
  dashboard.knownKey = old;
  const registration = async () =>
    (await rig.ask('/registration', { key: readFileSync(rig.keyFile, 'utf8') })).body as Registration;
  await rig.ask('/registration', { key: old, method: 'POST' });
  await rig.waitFor('it to be known', async () => (await registration()).state === 'registered');
  const away = () => new Response('restarting', { status: 503 });
  dashboard.instead.push(...Array.from({ length: 100 }, () => away));
  expect((await rig.ask('/keys/default/rotate', { key: old, method: 'POST' })).status).toBe(200);
  const fresh = readFileSync(rig.keyFile, 'utf8');
  await rig.waitFor('the attempt', async () => (await registration()).lastError);
  await rig.kill9();
  dashboard.instead.length = 0;
  const codes = dashboard.sentTo('/api/register').length;
  await rig.restart();
  await rig.waitFor('the dashboard to know it', () => dashboard.knownKey === fresh);
  await rig.waitFor('it to be known', async () => (await registration()).state === 'registered');
  expect(dashboard.sentTo('/api/register')).toHaveLength(codes);
});

test('a shell that was started before the tunnel stood is not kept for later', async () => {
  using box = new Sandbox();
  const fake = new FakeDevtunnel(box.path);
  fake.play('silent');
  await using rig = await start({ env: { ...fake.env, AGENT_SERVER_TUNNEL: '1' } });
  const shell = { mode: 'persistent_shell', shell: 'sh' };
  // With it comes a spare for the next session.
  expect((await rig.run('echo "[$DEVPILOT_TUNNEL_URL]"', { ...shell, sessionKey: 'before' })).stdout).toBe('[]\n');
  fake.stopPlaying('silent');
  await fake.killHost();
  await rig.waitFor('the tunnel', async () => (await healthOf(rig)).tunnel.state === 'open');
  const after = await rig.run('echo "[$DEVPILOT_TUNNEL_URL]"', { ...shell, sessionKey: 'after' });
  expect(after.stdout).toStartWith('[https://fake123-');
  // Killed, it would leave its devtunnel running.
  expect((await rig.stop()).code).toBe(0);
});

test('a dashboard that refuses is told of with its own words', async () => {
  await using dashboard = new FakeDashboard();
  const refuse = () => Response.json({ error: 'this name is taken' }, { status: 409 });
  dashboard.instead.push(refuse, refuse);
  await using rig = await start({ flags: { register: dashboard.url } });
  const { registration, problems } = await registrationIs(rig, 'failed');
  expect(registration.lastError).toBe(`${dashboard.url} refuses with HTTP 409: {"error":"this name is taken"}`);
  expect(problems).toEqual([`not registered: ${registration.lastError}`]);
});

describe('the key over plain http to another machine', () => {
  // Reserved for documentation (RFC 5737): nobody is there, and the attempt alone is what counts.
  const elsewhere = 'http://192.0.2.1:9';
  test.each([
    [{}, '--register-insecure allows it'],
    [{ AGENT_SERVER_REGISTER_INSECURE: '1' }, 'unencrypted, as --register-insecure allows'],
  ])('with %j', async (env, said) => {
    await using rig = await start({ env, flags: { register: elsewhere } });
    expect((await rig.stop()).said).toContain(said);
  });
});

test('a dashboard elsewhere cannot reach a server that listens on this machine alone, which is said', async () => {
  await using rig = await start({ flags: { register: 'https://192.0.2.1:9' } });
  expect((await rig.stop()).said).toContain('it needs --tunnel, or --host');
});

test.each([
  ['register', 'ftp://dash.example', 'must be an address'],
  ['register', 'https://me:secret@dash.example', 'must be an address'],
  ['tunnel-id', '--evil', 'must be an id'],
])('--%s %s ends the start', async (flag, value, said) => {
  let problem = '';
  await start({ flags: { [flag]: value } }).then(
    (rig) => rig[Symbol.asyncDispose](),
    (error: unknown) => (problem = String(error)),
  );
  expect(problem).toContain(said);
});
