/** The engine: a signed release on a real server, a disk in memory, a clock in our hand, a server that does as it is told. */
import { afterAll, describe, expect, test } from 'bun:test';
import type { Result } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import { makeKeyPair, parseSecretKey } from '../../src/release/keys/key-pair.ts';
import { signMessage } from '../../src/release/keys/sign.ts';
import { updateEvery } from '../../src/updater/automatic.ts';
import type { Installation } from '../../src/updater/installation.ts';
import type { Manifest } from '../../src/updater/manifest.ts';
import { placeOf } from '../../src/updater/place.ts';
import { recover } from '../../src/updater/recover.ts';
import { readRecord, writeRecord } from '../../src/updater/record.ts';
import { startAlone } from '../../src/updater/start-alone.ts';
import { Updater, type UpdaterOptions } from '../../src/updater/updater.ts';
import { FakeClock, settle } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';
import { MemoryDisk } from './memory-disk.ts';

const PATH = '/bin/agent-server';
const own = await makeKeyPair();
const next = await makeKeyPair();
const stranger = await makeKeyPair();
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** A static folder behind a web server. */
class Release {
  readonly files = new Map<string, string>();
  readonly asked: string[] = [];
  readonly base: string;
  /** What answers instead of the files, when it is set. */
  instead: ((path: string) => Response | Promise<Response>) | undefined;

  constructor() {
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: ({ url }) => {
        const name = new URL(url).pathname.slice(1);
        this.asked.push(name);
        if (this.instead !== undefined) return this.instead(name);
        const file = this.files.get(name);
        return file === undefined ? new Response('not found', { status: 404 }) : new Response(file);
      },
    });
    closing.push(() => void server.stop(true));
    this.base = server.url.href;
  }

  async publish(version: string, changes: Partial<Record<keyof Manifest, unknown>> = {}, key = own): Promise<void> {
    const text = `the executable of ${version}`;
    const sha256 = new Bun.CryptoHasher('sha256').update(text).digest('hex');
    const file = `agent-server-${version}`;
    const manifest = {
      schema: 1,
      product: 'agent-server',
      channel: 'stable',
      seq: Number(version.split('.')[0]),
      issued: '2023-11-01T00:00:00Z',
      expires: '2033-11-01T00:00:00Z',
      version,
      artifacts: { 'linux-x64': { file, size: text.length, sha256 } },
      ...changes,
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    this.files.set(file, text);
    this.files.set('manifest.json', bytes.toString());
    const secret = await parseSecretKey(key.secretText, 'test.key');
    this.files.set('manifest.json.minisig', await signMessage(bytes, `version ${version}`, secret));
  }
}

class World {
  readonly release = new Release();
  readonly disk = new MemoryDisk();
  readonly clock = new FakeClock();
  readonly installation: Installation;
  readonly updater: Updater;
  /** What the server says is active. */
  busy = '';
  readonly events: string[] = [];
  tried: Result<void, { reason: 'selftest-failed'; version: string; detail: string }> = { ok: true, value: undefined };
  /** What else happens while the new version tests itself. */
  duringTry: () => void = () => {};
  held = 0;
  lockIsTaken = false;

  constructor(options: Partial<UpdaterOptions['expected']> = {}, record?: string) {
    const place = placeOf(PATH, '');
    if (record !== undefined) this.disk.put(place.record, record);
    this.disk.put(PATH, 'the executable of 1.0.0');
    const identity = this.disk.identity(PATH);
    this.installation = { place, identity, files: this.disk, executable: posixExecutable, log: silentLog };
    const expected = {
      version: '1.0.0',
      channel: 'stable',
      target: 'linux-x64',
      publicKeys: [own.publicText],
      ...options,
    };
    this.updater = new Updater({
      expected,
      base: this.release.base,
      installation: this.installation,
      dataPath: '/data',
      server: {
        busy: () => this.busy,
        drain: () => void this.events.push('drain'),
        resume: () => void this.events.push('resume'),
        stop: () => void this.events.push('stop'),
      },
      clock: this.clock,
      log: silentLog,
      fetch: (url, init) => fetch(url, init),
      tryOut: async (path, version, signal) => {
        this.events.push(`try ${version}`);
        expect(this.disk.text(path)).toBe(`the executable of ${version}`);
        this.duringTry();
        await settle();
        if (signal.aborted) return { ok: false, failure: { reason: 'cancelled' } };
        return this.tried;
      },
      lock: () => {
        if (this.lockIsTaken) return undefined;
        this.held += 1;
        return { [Symbol.dispose]: () => void (this.held -= 1) };
      },
    });
  }

  get status() {
    return this.updater.status();
  }

  get record() {
    return readRecord(this.disk, this.installation.place);
  }

  at(state: string): Promise<unknown> {
    return waitFor(
      `the state ${state}, not ${this.status.state} (${this.status.lastError})`,
      () => this.status.state === state,
    );
  }

  async updated(): Promise<string | undefined> {
    expect(this.updater.start('now')).toMatchObject({ ok: true });
    await waitFor('the end', () => this.status.state === 'idle' || this.events.includes('stop'));
    return this.status.lastError;
  }

  /** Nothing was changed, and nothing is left. */
  expectUntouched(): void {
    expect(this.disk.names.filter((name) => name !== this.installation.place.record)).toEqual([PATH]);
    expect(this.disk.text(PATH)).toBe('the executable of 1.0.0');
    expect(this.held).toBe(0);
    expect(this.clock.pending).toBe(0);
  }
}

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

test('a check only looks', async () => {
  const world = new World();
  await world.release.publish('2.0.0');
  world.busy = '1 job';
  expect(await world.updater.check()).toMatchObject({ ok: true });
  expect(world.status).toMatchObject({ state: 'idle', available: { version: '2.0.0' }, lastError: undefined });
  expect(world.release.asked).toEqual(['manifest.json', 'manifest.json.minisig']);
  world.expectUntouched();
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
