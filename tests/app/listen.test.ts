/** A server on its ports: whatever keeps it from starting gives back its ports and its lock. */
import { expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { startServer } from '../../src/app/listen.ts';
import { silentLog } from '../../src/core/log.ts';
import { lockDataFolder } from '../../src/platform/files/data-lock.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { Sandbox } from '../support/sandbox.ts';

function start(box: Sandbox, flags: Readonly<Record<string, string>>) {
  const env = { HOME: box.path, LOCALAPPDATA: box.path, PATH: process.env['PATH'] ?? '' };
  const config = loadConfig({ 'data-dir': box.file('data'), ...flags }, env, box.path);
  if (!config.ok) throw new Error(config.failure.message);
  return startServer(config.value, env, silentLog);
}

function lockIsFree(box: Sandbox): boolean {
  const lock = lockDataFolder(box.file('data'));
  if (lock.ok) lock.value[Symbol.dispose]();
  return lock.ok;
}

/** A port that was free a moment ago. */
function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

const canListen = (port: number): boolean => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port, exclusive: true, socket: { data() {} } });
  listener.stop(true);
  return listener.port === port;
};

test('a stop frees both ports and the lock', async () => {
  using box = new Sandbox();
  const started = await start(box, { port: '0' });
  if (!started.ok) throw new Error(JSON.stringify(started.failure));
  const { port, terminalPort = 0 } = started.value;
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
  await started.value[Symbol.asyncDispose]();
  expect([canListen(port), canListen(terminalPort), lockIsFree(box)]).toEqual([true, true, true]);
});

test('a terminal port that is in use', async () => {
  using box = new Sandbox();
  const port = freePort();
  const other = Bun.listen({ hostname: '127.0.0.1', port: 0, exclusive: true, socket: { data() {} } });
  const started = await start(box, { port: String(port), 'terminal-port': String(other.port) });
  other.stop(true);
  expect(started).toMatchObject({ ok: false, failure: { reason: 'port-in-use', flag: 'terminal-port' } });
  expect([canListen(port), lockIsFree(box)]).toEqual([true, true]);
});

test('a note about the holder that cannot be written', async () => {
  using box = new Sandbox();
  mkdirSync(box.file('data/server.json'), { recursive: true });
  const port = freePort();
  // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
  await expect(start(box, { port: String(port), 'terminal-port': '0' })).rejects.toThrow('EISDIR');
  expect([canListen(port), lockIsFree(box)]).toEqual([true, true]);
});
