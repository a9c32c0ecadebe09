/** Terminals whose system calls fail: the server says so and goes on. */
import { describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { createLog } from '../../src/core/log.ts';
import type { Pty } from '../../src/platform/pty/pty.ts';
import { Terminal } from '../../src/terminals/terminal.ts';
import { FakeClock, waitFor } from '../support/sandbox.ts';
import { FakePty } from './fake-pty.ts';
import { World } from './world.ts';

const failing = () => Promise.reject(new Error('EMFILE'));

describe.skipIf(process.platform === 'win32')('a terminal', () => {
  test('whose folder cannot be made is refused with a reason', async () => {
    await using world = await World.open();
    rmSync(world.box.file('data/terminals'), { recursive: true });
    const opened = world.terminals.open({ kind: 'kept', shell: 'sh' });
    expect(opened).toMatchObject({ ok: false, failure: { reason: 'not-stored' } });
    expect(JSON.stringify(opened)).toContain('ENOENT');
  });

  test('that cannot be deleted is kept, and can be deleted later', async () => {
    await using world = await World.open();
    const terminal = world.start({ shell: 'sh', name: 'main' });
    const end = terminal.end.bind(terminal);
    terminal.end = failing;
    // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
    await expect(world.terminals.delete('main')).rejects.toThrow('EMFILE');
    expect([world.terminals.get('main')?.id, world.terminals.count]).toEqual([terminal.id, 1]);
    terminal.end = end;
    expect(await world.terminals.delete('main')).toBe(true);
    expect(world.terminals.count).toBe(0);
  });

  test('that has exited and cannot be deleted is forgotten with the other old ones', async () => {
    await using world = await World.open();
    const old = world.run('exit 0');
    await old.exited;
    old.end = failing;
    // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
    await expect(world.terminals.delete(old.id)).rejects.toThrow('EMFILE');
    expect(world.terminals.get(old.id)).toBe(old);
    for (let count = 0; count < 32; count += 1) await world.run('exit 0').exited;
    await waitFor('the old one to be forgotten', () => world.terminals.get(old.id) === undefined);
    expect(world.terminals.list()).toHaveLength(32);
  });

  test('that exits while it cannot be deleted is forgotten so, too', async () => {
    await using world = await World.open();
    const old = world.run('read -r go');
    old.end = async () => {
      old.input('\r');
      await old.exited;
      throw new Error('EMFILE');
    };
    // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
    await expect(world.terminals.delete(old.id)).rejects.toThrow('EMFILE');
    for (let count = 0; count < 32; count += 1) await world.run('exit 0').exited;
    await waitFor('the old one to be forgotten', () => world.terminals.get(old.id) === undefined);
  });

  test('that cannot be ended is logged, by the prune and by the stop, and keeps neither from the others', async () => {
    const lines: string[] = [];
    const log = createLog(
      'text',
      (line) => lines.push(line.replace(/^\S+ /, '')),
      () => 0,
    );
    const world = await World.open({ keepMs: 1000, log });
    const [bad, good] = [world.start({ shell: 'sh' }), world.start({ shell: 'sh' })];
    const end = bad.end.bind(bad);
    bad.end = failing;
    world.clock.advance(2000);
    await world.terminals.prune();
    expect([bad.status, good.status]).toEqual(['running', 'exited']);
    const other = world.start({ shell: 'sh' });
    await world[Symbol.asyncDispose]();
    expect(other.status).toBe('exited');
    const line = `error a terminal could not be ended terminal=${bad.id} detail=EMFILE`;
    expect(new Set(lines)).toEqual(new Set([line]));
    await end(0);
  });
});

test('the end of a terminal that has failed is tried again', async () => {
  const pty: Pty = Object.assign(new FakePty(), { endTree: failing });
  const size = { cols: 80, rows: 24 };
  const terminal = new Terminal({
    id: 'a',
    name: undefined,
    kind: 'kept',
    shell: 'sh',
    size,
    clock: new FakeClock(),
    pty,
  });
  // oxlint-disable-next-line typescript/await-thenable -- it is a promise to the type checker of Bun's expect
  await expect(terminal.end(0)).rejects.toThrow('EMFILE');
  Object.assign(pty, { endTree: () => (pty as FakePty).exit(0) });
  await terminal.end(0);
  expect(terminal.status).toBe('exited');
});
