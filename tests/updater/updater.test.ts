/** An update from the release to the swap: a signed release on a real server, a disk in memory, a clock in our hand. */
import { afterAll, describe, expect, test } from 'bun:test';
import { writeRecord } from '../../src/updater/record.ts';
import { settle } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';
import { closeReleases, next, own, PATH, World } from './updater-world.ts';

afterAll(closeReleases);

describe('an update', () => {
  test('goes from the release to the new executable in its place, then the server goes down', async () => {
    const world = new World();
    await world.release.publish('2.0.0');
    expect(await world.updated()).toBeUndefined();
    expect(world.status).toMatchObject({ state: 'swapping', available: { version: '2.0.0' }, upToDate: false });
    expect(world.events).toEqual(['try 2.0.0', 'drain', 'stop']);
    expect(world.disk.text(PATH)).toBe('the executable of 2.0.0');
    expect(world.disk.text(world.installation.place.old('1.0.0'))).toBe('the executable of 1.0.0');
    expect(world.record.trial).toMatchObject({ phase: 'swapping', version: '2.0.0', previous: '1.0.0', seq: 2 });
    expect(world.held).toBe(1);
    expect(world.release.asked).toEqual(['manifest.json', 'manifest.json.minisig', 'agent-server-2.0.0']);
  });

  test('finds nothing newer, and says so', async () => {
    const world = new World();
    await world.release.publish('1.0.0');
    expect(await world.updated()).toContain('nothing newer');
    expect(world.status).toMatchObject({ state: 'idle', upToDate: true, lastCheckedAt: world.clock.now() });
    world.expectUntouched();
  });
  test('after a key rotation comes from the next key, for a build that knows it', async () => {
    const world = new World({ publicKeys: [own.publicText, next.publicText] });
    await world.release.publish('2.0.0', {}, next);
    expect(await world.updated()).toBeUndefined();
    expect(world.disk.text(PATH)).toBe('the executable of 2.0.0');
  });

  test('is one at a time', async () => {
    const world = new World();
    await world.release.publish('2.0.0');
    expect(world.updater.start('now')).toMatchObject({ ok: true });
    expect(world.updater.start('now')).toEqual({
      ok: false,
      failure: { reason: 'update-in-progress', state: 'checking' },
    });
    expect(await world.updater.check()).toMatchObject({ ok: false });
    await waitFor('the end', () => world.events.includes('stop'));
    expect(world.updater.start('idle')).toMatchObject({ ok: false, failure: { state: 'swapping' } });
    expect(await world.updater.cancel()).toMatchObject({ ok: false, failure: { state: 'swapping' } });
  });

  test('waits for what has begun while it was fetched, and closes the gate in the turn in which nothing is left', async () => {
    const world = new World();
    await world.release.publish('2.0.0');
    world.duringTry = () => void (world.busy = '1 job');
    expect(world.updater.start('now')).toMatchObject({ ok: true });
    await world.at('scheduled');
    expect(world.status.waitingFor).toBe('1 job');
    expect(world.events).toEqual(['try 2.0.0']);
    world.clock.advance(500);
    await settle();
    expect(world.status.state).toBe('scheduled');
    world.busy = '';
    world.clock.advance(500);
    // Work that comes between the look and the gate is seen: one microtask later is soon enough for it.
    queueMicrotask(() => void (world.busy = '1 terminal'));
    await settle();
    expect(world.events).not.toContain('drain');
    expect(world.status.waitingFor).toBe('1 terminal');
    world.busy = '';
    world.clock.advance(500);
    await waitFor('the end', () => world.events.includes('stop'));
  });
});

test('a record that cannot be read or written is a failure that is told, and no hang', async () => {
  const world = new World();
  await world.release.publish('2.0.0');
  world.disk.read = () => {
    throw Object.assign(new Error('EISDIR'), { code: 'EISDIR' });
  };
  world.disk.refuse = (what) => (what === 'write' ? 'EISDIR' : undefined);
  expect(await world.updated()).toContain('the executable cannot be replaced: EISDIR');
  expect(world.status).toMatchObject({ state: 'idle', bad: [] });
  expect(world.events).toEqual(['try 2.0.0', 'drain', 'resume']);
  await world.updater[Symbol.asyncDispose]();
});

test('a version on trial by another server is in the way, and so is a file that was put in place since the start', async () => {
  const world = new World();
  await world.release.publish('2.0.0');
  const trial = {
    phase: 'running',
    version: '1.5.0',
    previous: '1.0.0',
    seq: 1,
    issued: 1,
    dataPath: '/other',
    startedAt: 0,
    starts: 0,
  } as const;
  const { place } = world.installation;
  writeRecord(world.disk, place, { seq: 1, issued: 1, bad: [], trial });
  expect(await world.updated()).toBe('version 1.5.0 is on trial, by another server that runs from the same executable');
  writeRecord(world.disk, place, { seq: 1, issued: 1, bad: [] });
  world.disk.put(PATH, 'the executable of 1.0.0');
  expect(await world.updated()).toContain('another version was installed since this server started');
  world.expectUntouched();
});

test('a check only looks', async () => {
  const world = new World();
  await world.release.publish('2.0.0');
  world.busy = '1 job';
  expect(await world.updater.check()).toMatchObject({ ok: true });
  expect(world.status).toMatchObject({ state: 'idle', available: { version: '2.0.0' }, lastError: undefined });
  expect(world.release.asked).toEqual(['manifest.json', 'manifest.json.minisig']);
  world.expectUntouched();
});
