/** Every reason for which an update is refused, and that each leaves all as it was. */
import { afterAll, describe, expect, test } from 'bun:test';
import { writeRecord } from '../../src/updater/record.ts';
import { closeReleases, next, stranger, World } from './updater-world.ts';

afterAll(closeReleases);

describe('an update', () => {
  const DAY = 86_400_000;
  const REFUSED: Readonly<Record<string, { prepare: (world: World) => Promise<void> | void; says: string }>> = {
    'an older seq': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 6 }),
      says: 'an old one is shown again',
    },
    'the same seq': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 7 }),
      says: 'an old one is shown again',
    },
    'an expired manifest': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 8, expires: '2023-11-13T00:00:00Z' }),
      says: 'expired',
    },
    'another product': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 8, product: 'agent-client' }),
      says: 'for the product agent-client',
    },
    'another channel': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 8, channel: 'beta' }),
      says: 'for the channel beta',
    },
    'a stranger’s signature': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 8 }, stranger),
      says: 'which this program does not know',
    },
    'a key of the next generation, which this build does not know': {
      prepare: (world) => world.release.publish('2.0.0', { seq: 8 }, next),
      says: 'which this program does not know',
    },
    'a manifest that was changed by one byte': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.release.files.set('manifest.json', `${world.release.files.get('manifest.json')} `);
      },
      says: 'is not what was signed',
    },
    'no signature': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.release.files.delete('manifest.json.minisig');
      },
      says: 'answers with status 404',
    },
    'a path in a file name': {
      prepare: (world) =>
        world.release.publish('2.0.0', {
          seq: 8,
          artifacts: { 'linux-x64': { file: '../../etc/passwd', size: 1, sha256: '0'.repeat(64) } },
        }),
      says: 'cannot be used',
    },
    'a version that failed here': {
      prepare: (world) => world.release.publish('3.0.0', { seq: 8 }),
      says: 'not tried again',
    },
    'another executable than the manifest says': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.release.files.set('agent-server-2.0.0', 'the executable of 6.6.6');
      },
      says: 'its SHA-256 is another',
    },
    'a self-test that fails': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.tried = { ok: false, failure: { reason: 'selftest-failed', version: '2.0.0', detail: 'no port' } };
      },
      says: 'version 2.0.0 fails its self-test here: no port',
    },
    'another server that updates this executable': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.lockIsTaken = true;
      },
      says: 'another server',
    },
    'a folder that cannot be written': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.disk.refuse = (what) => (what === 'create' ? 'EACCES' : undefined);
      },
      says: '/bin cannot be written',
    },
    'a swap that the system refuses': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', { seq: 8 });
        world.disk.refuse = (what, path) => (what === 'rename' && path.includes('.new-') ? 'EPERM' : undefined);
      },
      says: 'the executable cannot be replaced',
    },
    'a release server that is away': {
      prepare: (world) => void (world.release.instead = () => new Response('', { status: 503 })),
      says: 'answers with status 503',
    },
    'a manifest without end': {
      prepare: (world) => void (world.release.instead = () => new Response('x'.repeat(100_000))),
      says: 'sends more than 65536 bytes',
    },
    'a clock that was set back, which an expired manifest would need': {
      prepare: async (world) => {
        await world.release.publish('2.0.0', {
          seq: 8,
          issued: '2023-08-30T00:00:00Z',
          expires: '2023-10-01T00:00:00Z',
        });
        world.clock.now = () => Date.parse('2023-09-01T00:00:00Z') - DAY;
      },
      says: 'expired',
    },
  };
  test.each(Object.entries(REFUSED))('with %s is refused, and nothing is changed', async (_name, { prepare, says }) => {
    const world = new World();
    const before = { seq: 7, issued: Date.parse('2023-10-15T00:00:00Z'), bad: [{ version: '3.0.0', why: 'it hangs' }] };
    writeRecord(world.disk, world.installation.place, before);
    await prepare(world);
    expect(await world.updated()).toContain(says);
    world.expectUntouched();
    expect(world.record).toEqual(before);
    // A gate that was closed is open again.
    expect(world.events.filter((event) => event === 'drain').length).toBe(
      world.events.filter((event) => event === 'resume').length,
    );
    expect(world.events).not.toContain('stop');
  });
});
