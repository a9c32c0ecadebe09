/** Updates that wait until nothing is active: asked for, and automatic ones. */
import { afterAll, describe, expect, test } from 'bun:test';
import { updateEvery } from '../../src/updater/automatic.ts';
import { settle } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';
import { closeReleases, PATH, World } from './updater-world.ts';

afterAll(closeReleases);

describe('an update when idle', () => {
  test('waits for what is active, says what, and then goes its way', async () => {
    const world = new World();
    await world.release.publish('2.0.0');
    world.busy = '2 jobs and 1 terminal';
    expect(world.updater.start('idle')).toMatchObject({ ok: true });
    expect(world.status).toMatchObject({ state: 'scheduled', waitingFor: '2 jobs and 1 terminal' });
    expect(world.updater.start('idle')).toMatchObject({ ok: true });
    expect(world.updater.start('now')).toMatchObject({ ok: false, failure: { state: 'scheduled' } });
    world.clock.advance(3_600_000);
    await settle();
    expect(world.release.asked).toEqual([]);
    world.busy = '';
    world.clock.advance(500);
    await waitFor('the end', () => world.events.includes('stop'));
    expect(world.disk.text(PATH)).toBe('the executable of 2.0.0');
  });

  test('is called off wherever it is before the swap, and can be asked for again', async () => {
    for (const where of ['scheduled', 'checking', 'downloading', 'trying']) {
      const world = new World();
      await world.release.publish('2.0.0');
      const stuck = Promise.withResolvers<Response>();
      if (where === 'scheduled') world.busy = '1 job';
      if (where === 'checking') world.release.instead = () => stuck.promise;
      if (where === 'downloading') {
        world.release.instead = (name) =>
          name.startsWith('agent') ? stuck.promise : new Response(world.release.files.get(name));
      }
      const cancelled = Promise.withResolvers<unknown>();
      if (where === 'trying') world.duringTry = () => cancelled.resolve(world.updater.cancel());
      expect(world.updater.start('idle')).toMatchObject({ ok: true });
      if (where === 'trying') await cancelled.promise;
      else {
        await world.at(where);
        expect(await world.updater.cancel()).toMatchObject({ ok: true });
      }
      expect(world.status).toMatchObject({ state: 'idle', lastError: undefined });
      world.expectUntouched();
      stuck.resolve(new Response(''));
      world.busy = '';
      world.release.instead = undefined;
      world.duringTry = () => {};
      expect(await world.updated()).toBeUndefined();
    }
  });

  test('nothing to call off is fine', async () => {
    expect(await new World().updater.cancel()).toMatchObject({ ok: true });
  });

  test('ends with the server', async () => {
    const world = new World();
    world.busy = '1 job';
    world.updater.start('idle');
    await world.updater[Symbol.asyncDispose]();
    world.expectUntouched();
  });
});

test('automatic updates come at their time, when nothing is active', async () => {
  const world = new World();
  await world.release.publish('2.0.0');
  world.busy = '1 job';
  using _automatic = updateEvery(3_600_000, world.updater, world.clock);
  world.clock.advance(3_599_999);
  expect(world.status.state).toBe('idle');
  world.clock.advance(1);
  expect(world.status.state).toBe('scheduled');
  world.busy = '';
  world.clock.advance(500);
  await waitFor('the end', () => world.events.includes('stop'));
});
