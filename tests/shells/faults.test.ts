/** Shells that cannot be ended, as when the server has no file descriptor left to read the process table with. */
import { expect, test } from 'bun:test';
import { createLog } from '../../src/core/log.ts';
import type { ShellFactory } from '../../src/shells/factory.ts';
import { ShellPool } from '../../src/shells/pool.ts';
import type { ShellKind } from '../../src/shells/shell-process.ts';
import { FakeClock } from '../support/sandbox.ts';
import { SessionWorld } from './session-world.ts';

const failing = () => Promise.reject(new Error('EMFILE'));

test('a command whose shell cannot be ended fails, and the next one has its turn', async () => {
  using world = new SessionWorld();
  world.answer = (name) => (name === 'first' ? { how: 'shell-exited', exitCode: 3 } : { how: 'finished', exitCode: 0 });
  world.started.resolve({ ...world.shell(), end: failing });
  const first = world.run('first');
  const second = world.run('second');
  // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
  await expect(first).rejects.toThrow('EMFILE');
  expect(await second).toEqual({ how: 'finished', exitCode: 0 });
  expect(world.session.busy).toBe(false);
});

test('a session that cannot be ended is logged, by the prune and by the stop, and keeps neither from the others', async () => {
  using world = new SessionWorld();
  const lines: string[] = [];
  const kind: ShellKind = {
    name: 'sh',
    path: '/bin/sh',
    start: failing,
    seedText: () => 'x',
    canSet: () => true,
  };
  let ended = 0;
  const shells = [failing, async () => void (ended += 1), failing, async () => void (ended += 1)];
  const factory = { fresh: async () => ({ ...world.shell(), end: shells.shift() }) } as unknown as ShellFactory;
  const clock = new FakeClock();
  const pool = new ShellPool({
    kinds: new Map([['sh', kind]]),
    factory,
    maxSessions: 9,
    idleTimeoutMs: 1000,
    serverCwd: '/',
    clock,
    log: createLog(
      'text',
      (line) => lines.push(line),
      () => 0,
    ),
    graceMs: 0,
  });
  const use = async (key: string) => {
    const opened = pool.open(key, 'sh', { workdir: '', env: {} });
    if (!opened.ok) throw new Error(opened.failure.reason);
    await world.runIn(opened.value, key);
  };
  await use('a');
  await use('b');
  clock.advance(1000);
  await pool.prune();
  expect([ended, pool.count, lines.length]).toEqual([1, 0, 1]);
  await use('c');
  await use('d');
  await pool[Symbol.asyncDispose]();
  expect([ended, pool.count]).toEqual([2, 0]);
  expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'error a persistent shell could not be ended session=a detail=EMFILE',
    'error a persistent shell could not be ended session=c detail=EMFILE',
  ]);
});
