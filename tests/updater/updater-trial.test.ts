/** What the updater says and does while its own version is on trial. */
import { afterAll, describe, expect, test } from 'bun:test';
import { recover } from '../../src/updater/recover.ts';
import { writeRecord } from '../../src/updater/record.ts';
import { startAlone } from '../../src/updater/start-alone.ts';
import { closeReleases, PATH, World } from './updater-world.ts';

afterAll(closeReleases);

describe('the new version', () => {
  async function onTrial(): Promise<World> {
    const world = new World();
    await world.release.publish('2.0.0');
    await world.updated();
    await recover(world.installation, '/data');
    return world;
  }
  test('is on trial until its supervisor has noted the end, and is not updated meanwhile', async () => {
    const before = await onTrial();
    const world = new World({ version: '2.0.0' }, before.disk.text(before.installation.place.record));
    expect(world.status).toMatchObject({ state: 'trial', trial: { version: '2.0.0', previous: '1.0.0' } });
    expect(world.updater.start('now')).toMatchObject({ ok: false, failure: { state: 'trial' } });
    expect(await world.updater.cancel()).toMatchObject({ ok: false });
    writeRecord(world.disk, world.installation.place, { seq: 2, issued: 0, bad: [] });
    expect(world.status).toMatchObject({ state: 'idle', trial: undefined });
  });

  test('that is started again and again without a supervisor is put back', async () => {
    const world = await onTrial();
    for (let start = 1; start <= 3; start++)
      expect(await startAlone(world.installation, '/data', '2.0.0')).toBe('go-on');
    expect(await startAlone(world.installation, '/data', '2.0.0')).toBe('rolled-back');
    expect(world.disk.text(PATH)).toBe('the executable of 1.0.0');
    expect(world.record).toMatchObject({
      seq: 2,
      bad: [{ version: '2.0.0', why: 'it was started 3 times and did not stay up' }],
    });
    expect(await startAlone(world.installation, '/data', '1.0.0')).toBe('go-on');
  });

  test('that somebody has replaced by hand is on trial no more', async () => {
    const world = await onTrial();
    expect(await startAlone(world.installation, '/data', '1.5.0')).toBe('go-on');
    expect(world.record.trial).toBeUndefined();
  });
});
