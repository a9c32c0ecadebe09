/** A start that fails gives back what it had taken; what is going on is one answer over all rooms. */
import { describe, expect, test } from 'bun:test';
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { openApp, type App } from '../../src/app/app.ts';
import { machineName } from '../../src/app/machine-name.ts';
import { ownHosts } from '../../src/app/own-names.ts';
import { silentLog } from '../../src/core/log.ts';
import { lockDataFolder } from '../../src/platform/files/data-lock.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { Sandbox } from '../support/sandbox.ts';

function configOf(
  box: Sandbox,
  more: Readonly<Record<string, string>> = {},
  flags: Readonly<Record<string, string>> = {},
) {
  const env = { HOME: box.path, LOCALAPPDATA: box.path, PATH: process.env['PATH'] ?? '', ...more };
  const config = loadConfig({ 'data-dir': box.file('data'), ...flags }, env, box.path);
  if (!config.ok) throw new Error(config.failure.message);
  return { config: config.value, env };
}

async function started(box: Sandbox): Promise<App> {
  const { config, env } = configOf(box);
  const opened = await openApp(config, env, silentLog);
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  return opened.value;
}

function lockIsFree(box: Sandbox): boolean {
  const lock = lockDataFolder(box.file('data'));
  if (lock.ok) lock.value[Symbol.dispose]();
  return lock.ok;
}

describe('whatever fails during the start gives the lock back', () => {
  test('a room that cannot open its folder', async () => {
    using box = new Sandbox();
    mkdirSync(box.file('data'));
    writeFileSync(box.file('data/jobs'), 'a file where a folder must be');
    const { config, env } = configOf(box);
    expect(await openApp(config, env, silentLog)).toMatchObject({ ok: false, failure: { reason: 'data-unusable' } });
    expect(lockIsFree(box)).toBe(true);
  });

  test('a key that cannot be kept', async () => {
    using box = new Sandbox();
    writeFileSync(box.file('devpilot-agent'), 'a file where a folder must be');
    const { config, env } = configOf(box);
    expect(await openApp(config, env, silentLog)).toMatchObject({ ok: false, failure: { reason: 'key-unusable' } });
    expect(lockIsFree(box)).toBe(true);
  });

  test('a key file that cannot be read, which no new key replaces', async () => {
    using box = new Sandbox();
    mkdirSync(box.file('devpilot-agent'));
    symlinkSync('api_key', box.file('devpilot-agent/api_key'));
    const { config, env } = configOf(box);
    expect(await openApp(config, env, silentLog)).toMatchObject({
      ok: false,
      failure: { reason: 'key-unusable', detail: expect.stringContaining('ELOOP') },
    });
    expect(lstatSync(box.file('devpilot-agent/api_key')).isSymbolicLink()).toBe(true);
    expect(lockIsFree(box)).toBe(true);
  });

  test('a mistake of ours, after every room has started', async () => {
    using box = new Sandbox();
    const { config, env } = configOf(box);
    // `hosts` of the guard are made from it, when all rooms are there.
    const broken = Object.defineProperty({ ...config }, 'allowedHosts', {
      get() {
        throw new Error('a bug');
      },
    });
    // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
    await expect(openApp(broken, env, silentLog)).rejects.toThrow('a bug');
    expect(lockIsFree(box)).toBe(true);
  });
});

test('a second server is told who holds the folder, and takes nothing', async () => {
  using box = new Sandbox();
  await using _first = await started(box);
  const { config, env } = configOf(box);
  expect(await openApp(config, env, silentLog)).toMatchObject({ ok: false, failure: { reason: 'data-in-use' } });
});

test('what a stop would end, and what would survive it', async () => {
  using box = new Sandbox();
  await using app = await started(box);
  const ask = async (path: string, json: object) => {
    const headers = { host: 'localhost', 'x-api-key': app.key.value, 'content-type': 'application/json' };
    const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body: JSON.stringify(json) });
    return (await (await app.gateway.fetch(request))?.json()) as { jobId?: string; error?: string };
  };
  expect(app.activity()).toEqual([]);
  const { jobId } = await ask('/exec', { command: 'sleep 100' });
  await ask('/exec', { mode: 'persistent_shell', sessionKey: 'k', shell: 'sh', command: 'sleep 100' });
  await ask('/terminals', { shell: 'sh' });
  expect(app.activity()).toEqual([
    { kind: 'jobs', ending: 0, surviving: 1 },
    { kind: 'jobs', where: 'in persistent shells', ending: 1, surviving: 0 },
    { kind: 'persistent shells', ending: 1, surviving: 0 },
    { kind: 'terminals', ending: 1, surviving: 0 },
  ]);
  const health = new Request('http://localhost/health', { headers: { host: 'localhost', 'x-api-key': app.key.value } });
  expect(await (await app.gateway.fetch(health))?.json()).toMatchObject({ activity: app.activity() });
  app.drain();
  expect(await ask('/exec', { command: 'true' })).toEqual({ error: 'the server is shutting down' });
  await app.endAll();
  expect(app.activity().filter(({ kind }) => kind === 'jobs')).toEqual([]);
  expect(jobId).toMatch(/^[0-9a-f]{12}$/);
});

test('COMPUTERNAME names the machine where it is set', () => {
  expect(machineName({ COMPUTERNAME: 'DEVBOX-7' })).toBe('DEVBOX-7');
  expect(machineName({ COMPUTERNAME: '' })).toBe(machineName({}));
  expect(machineName({})).not.toBe('');
});

test('the hosts of a tunnel that was opened before are names of this server', () => {
  using box = new Sandbox();
  const { config, env } = configOf(box, {
    DEVPILOT_TUNNEL_URL: 'https://Abc-8585.devtunnels.example/',
    DEVPILOT_TERMINAL_URL: 'wss://abc-8586.devtunnels.example',
  });
  expect(ownHosts(config, env)).toEqual(['127.0.0.1', 'abc-8585.devtunnels.example', 'abc-8586.devtunnels.example']);
  expect(ownHosts(config, { DEVPILOT_TUNNEL_URL: 'no url' })).toEqual(['127.0.0.1']);
});
