/** The supervisor, with servers that do as they are told and a clock that only moves when told. */
import { describe, expect, test } from 'bun:test';
import type { Trial } from '../../src/updater/record.ts';
import { settle } from '../support/sandbox.ts';
import { World } from './supervisor-world.ts';

describe('outside of a trial', () => {
  test('exit 0 ends it; so does a signal, whatever the server makes of it', async () => {
    const quiet = new World();
    (await quiet.up()).exit(0);
    expect(await quiet.ended).toBe(0);

    const asked = new World();
    const server = await asked.up();
    server.stubborn = true;
    asked.supervisor.signal('SIGINT');
    expect(server.signals).toEqual(['SIGINT']);
    server.exit(7);
    expect(await asked.ended).toBe(7);
  });

  test('a start that is refused is not repeated, but a server that has answered is started again whatever its code', async () => {
    const refused = new World();
    await settle();
    refused.server.exit(1);
    await refused.pass(1);
    expect([refused.code, refused.servers.length]).toEqual([1, 1]);

    const crashed = new World();
    (await crashed.up()).exit(1);
    await crashed.pass(1);
    expect([crashed.code, crashed.servers.length]).toEqual([undefined, 2]);
  });

  test('crashes are answered with starts that become rarer, and a server that stays up makes them quick again', async () => {
    const world = new World();
    await world.up();
    const waits: number[] = [];
    for (let crash = 0; crash < 9; crash++) {
      const before = world.servers.length;
      world.server.exit(139);
      let waited = 0;
      for (; world.servers.length === before; waited += 0.25) await world.pass(0.25);
      waits.push(waited);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
    await world.pass(60);
    world.server.exit(139);
    await world.pass(0.5);
    expect(world.servers.length).toBe(11);
  });

  test('a signal while it waits ends it', async () => {
    const world = new World();
    (await world.up()).exit(139);
    await settle();
    world.supervisor.signal('SIGTERM');
    expect(await world.ended).toBe(0);
    expect(world.servers.length).toBe(1);
  });

  test('exit 42 without a new version starts it again, and does not spin', async () => {
    const world = new World();
    await world.up();
    for (let again = 0; again < 3; again++) {
      world.server.exit(42);
      await world.pass(0);
    }
    expect(world.servers.length).toBe(2);
    await world.pass(1);
    expect(world.servers.length).toBe(3);
    expect(world.code).toBeUndefined();
  });
});

describe('a supervisor that starts', () => {
  test('while another server answers from the data folder leaves its trial alone, and is refused', async () => {
    const world = new World({ holder: 'answers', record: 'fresh' });
    const { trial } = world.record;
    await world.pass(3.5);
    world.server.exit(1);
    expect(await world.ended).toBe(1);
    expect(world.record.trial).toEqual(trial as Trial);
    expect(world.atName).toBe('2.0.0');
  });

  test('while an earlier server goes down waits for that', async () => {
    const world = new World({ holder: 'silent' });
    await world.pass(10);
    expect(world.servers.length).toBe(0);
    world.holder = 'none';
    await world.pass(1);
    expect(world.servers.length).toBe(1);
  });

  test('on a version on trial again and again puts the old one back', async () => {
    let record: string | undefined = 'fresh';
    for (let start = 1; start <= 4; start++) {
      const world = new World({ record });
      await settle();
      expect(world.atName).toBe(start === 4 ? '1.0.0' : '2.0.0');
      if (start === 4) expect(world.record.bad).toMatchObject([{ version: '2.0.0' }]);
      record = world.disk.text(world.installation.place.record);
    }
  });

  test('and ends in good order takes its start back', async () => {
    const world = new World({ record: 'fresh' });
    await world.up('2.0.0');
    expect(world.record.trial?.starts).toBe(1);
    world.supervisor.signal('SIGTERM');
    expect(await world.ended).toBe(0);
    expect(world.record.trial?.starts).toBe(0);
  });
});

describe('a server that does not stop', () => {
  test('is killed when its time is over', async () => {
    const world = new World();
    const server = await world.up();
    server.stubborn = true;
    world.supervisor.signal('SIGINT');
    await world.pass(19);
    expect(server.signals).toEqual(['SIGINT']);
    await world.pass(1);
    expect(server.signals).toEqual(['SIGINT', 'KILL']);
    expect(await world.ended).toBe(137);
  });

  test('is killed at the second SIGTERM', async () => {
    const world = new World();
    const server = await world.up();
    server.stubborn = true;
    for (const signal of ['SIGTERM', 'SIGTERM']) world.supervisor.signal(signal);
    expect(server.signals).toEqual(['SIGTERM', 'KILL']);
  });
});

describe('for a successor', () => {
  test('it leaves when the trial is over', async () => {
    const world = new World({ leaves: true });
    await world.updateTo('2.0.0').catch(() => {});
    expect(await world.ended).toBe(0);
  });
});
