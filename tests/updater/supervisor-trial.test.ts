/** A version on trial under its supervisor: kept, or put back. */
import { describe, expect, test } from 'bun:test';
import { swap } from '../../src/updater/swap.ts';
import { settle } from '../support/sandbox.ts';
import { World } from './supervisor-world.ts';

describe('on trial', () => {
  test('a version that answers to the end of the trial is kept, and the old one goes', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    expect(world.atName).toBe('2.0.0');
    await world.up('2.0.0');
    await world.pass(58);
    expect(world.record.trial).toMatchObject({ phase: 'running', version: '2.0.0' });
    await world.pass(2);
    expect(world.record).toEqual({ seq: 5, issued: 5, bad: [] });
    expect(world.disk.exists(world.installation.place.old('1.0.0'))).toBe(false);
    // From here on it is a server like any other.
    world.server.exit(139);
    await world.pass(1);
    expect([world.servers.length, world.atName]).toEqual([3, '2.0.0']);
  });

  const FAILURES: Readonly<Record<string, { fail: (world: World) => Promise<void>; why: string }>> = {
    'crashes at its start': {
      fail: async (world) => world.server.exit(3),
      why: 'it ended with exit code 3',
    },
    'ends at its start as if all was well': {
      fail: async (world) => world.server.exit(0),
      why: 'it ended with exit code 0',
    },
    'never answers': {
      fail: (world) => world.pass(31),
      why: 'it did not answer for 30 seconds',
    },
    'never answers, and does not end when asked': {
      fail: async (world) => {
        world.server.stubborn = true;
        await world.pass(36);
      },
      why: 'it did not answer for 30 seconds',
    },
    'crashes after 30 seconds': {
      fail: async (world) => {
        await world.up('2.0.0');
        await world.pass(30);
        world.server.exit(134);
      },
      why: 'it ended with exit code 134',
    },
    'hangs after 20 seconds': {
      fail: async (world) => {
        await world.up('2.0.0');
        await world.pass(20);
        world.server.answers = undefined;
        await world.pass(31);
      },
      why: 'it did not answer for 30 seconds',
    },
    'is another version than it was to be': {
      fail: async (world) => void (await world.up('6.6.6')),
      why: 'it answers as version 6.6.6',
    },
  };

  test.each(Object.entries(FAILURES))('a version that %s is put back, once', async (_name, { fail, why }) => {
    const world = new World();
    await world.updateTo('2.0.0');
    expect(world.servers.length).toBe(2);
    await fail(world);
    await world.pass(1);
    expect(world.atName).toBe('1.0.0');
    expect(world.record).toEqual({ seq: 5, issued: 5, bad: [{ version: '2.0.0', why }] });
    expect(world.servers.length).toBe(3);
    await world.up('1.0.0');
    await world.pass(120);
    expect([world.servers.length, world.code]).toEqual([3, undefined]);
  });

  test('a version that is refused its start where the one before is not is bad', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    world.server.exit(1);
    await world.pass(1);
    expect([world.atName, world.record.bad]).toEqual(['1.0.0', []]);
    await world.up('1.0.0');
    expect(world.record.bad).toEqual([{ version: '2.0.0', why: 'it ended with exit code 1' }]);
  });

  test('a version that is refused its start, as is the one before, is not', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    world.server.exit(1);
    await world.pass(1);
    world.server.exit(1);
    await world.pass(2);
    await world.up('1.0.0');
    expect(world.servers.length).toBe(4);
    expect([world.atName, world.record]).toEqual(['1.0.0', { seq: 0, issued: 0, bad: [] }]);
  });

  test('a trial whose end cannot be noted goes on until it can', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    await world.up('2.0.0');
    world.disk.refuse = (what) => (what === 'write' ? 'ENOSPC' : undefined);
    await world.pass(70);
    expect(world.record.trial).toMatchObject({ phase: 'running' });
    world.disk.refuse = () => undefined;
    await world.pass(10);
    expect(world.record.trial).toBeUndefined();
    expect(world.servers.length).toBe(2);
  });

  test('a file that the system cannot start is put back', async () => {
    const world = new World();
    const server = await world.up();
    world.disk.put(world.installation.place.fresh('2.0.0'), '2.0.0');
    const meta = { seq: 5, issued: 5, dataPath: '/data', now: 0 };
    await swap(world.installation, { version: '2.0.0', previous: '1.0.0', ...meta });
    world.cannotStart = true;
    server.exit(42);
    await settle();
    world.cannotStart = false;
    await world.pass(1);
    expect(world.atName).toBe('1.0.0');
    expect(world.servers.length).toBe(2);
  });

  test('a clock that is set back does not make the trial longer', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    await world.up('2.0.0');
    world.clock.now = () => 0;
    await world.pass(60);
    expect(world.record.trial).toBeUndefined();
  });

  test('a stop in the middle leaves the trial for the next start', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    await world.up('2.0.0');
    world.supervisor.signal('SIGTERM');
    expect(await world.ended).toBe(0);
    expect(world.record.trial).toMatchObject({ phase: 'running' });
    expect(world.atName).toBe('2.0.0');
  });

  test('where neither version can be put back, the server is kept running', async () => {
    const world = new World();
    await world.updateTo('2.0.0');
    world.disk.refuse = (what) => (what === 'rename' ? 'EIO' : undefined);
    world.server.exit(3);
    await world.pass(1);
    expect(world.servers.length).toBe(3);
    await world.up('2.0.0');
    await world.pass(120);
    expect(world.code).toBeUndefined();
  });
});
