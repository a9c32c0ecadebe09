/** The supervisor, with servers that do as they are told and a clock that only moves when told. */
import { describe, expect, test } from 'bun:test';
import { silentLog } from '../../src/core/log.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import type { Installation } from '../../src/updater/installation.ts';
import { placeOf } from '../../src/updater/place.ts';
import { readRecord, type Trial } from '../../src/updater/record.ts';
import { Supervisor, type Child } from '../../src/updater/supervisor.ts';
import { swap } from '../../src/updater/swap.ts';
import { FakeClock, settle } from '../support/sandbox.ts';
import { MemoryDisk } from './memory-disk.ts';

const PATH = '/bin/agent-server';

const FRESH_TRIAL = JSON.stringify({
  seq: 5,
  issued: 5,
  bad: [],
  trial: {
    phase: 'running',
    version: '2.0.0',
    previous: '1.0.0',
    seq: 5,
    issued: 5,
    dataPath: '/data',
    startedAt: 0,
    starts: 0,
  },
});

class FakeServer implements Child {
  readonly #exit = Promise.withResolvers<number>();
  readonly exited = this.#exit.promise;
  readonly signals: string[] = [];
  answers: string | undefined;
  /** Does not end when it is asked to. */
  stubborn = false;

  version = async () => this.answers;
  exit(code: number): void {
    this.answers = undefined;
    this.#exit.resolve(code);
  }
  signal(name: string): void {
    this.signals.push(name);
    if (!this.stubborn) this.exit(0);
  }
  kill(): void {
    this.signals.push('KILL');
    this.exit(137);
  }
}

class World {
  readonly disk = new MemoryDisk();
  readonly installation: Installation;
  readonly clock = new FakeClock();
  readonly servers: FakeServer[] = [];
  readonly supervisor: Supervisor;
  readonly ended: Promise<number>;
  /** Makes the next start fail. */
  cannotStart = false;
  code: number | undefined;
  /** What holds the data folder when the supervisor starts. */
  holder: 'none' | 'answers' | 'silent' = 'none';

  /** `record`: of a trial of 2.0.0 that an earlier supervisor has left, or a fresh one. */
  constructor({
    leaves = false,
    holder = 'none',
    record,
  }: { leaves?: boolean; holder?: World['holder']; record?: string | undefined } = {}) {
    const place = placeOf(PATH, '');
    this.holder = holder;
    this.disk.put(PATH, '1.0.0');
    const identity = this.disk.identity(PATH);
    this.disk.put('/data', '');
    if (record !== undefined) {
      this.disk.put(PATH, '2.0.0');
      this.disk.put(place.old('1.0.0'), '1.0.0');
      this.disk.put(place.record, record === 'fresh' ? FRESH_TRIAL : record);
    }
    this.installation = { place, identity, files: this.disk, executable: posixExecutable, log: silentLog };
    this.supervisor = new Supervisor({
      installation: this.installation,
      dataPath: '/data',
      trialMs: 60_000,
      clock: this.clock,
      log: silentLog,
      start: () => {
        if (this.cannotStart) throw new Error('ENOEXEC');
        const server = new FakeServer();
        this.servers.push(server);
        return server;
      },
      holder: async () => this.holder,
      stopMs: 20_000,
      leaves,
      version: '1.0.0',
    });
    this.ended = this.supervisor.run();
    void this.ended.then((code) => void (this.code = code));
  }

  get server(): FakeServer {
    const server = this.servers.at(-1);
    if (server === undefined) throw new Error('no server was started');
    return server;
  }

  get atName() {
    return this.disk.text(PATH);
  }

  get record() {
    return readRecord(this.disk, this.installation.place);
  }

  /** Time goes by in small steps, so that what waits in between gets its turn. */
  async pass(seconds: number): Promise<void> {
    await settle();
    for (let at = 0; at < seconds * 1000; at += 250) {
      this.clock.advance(250);
      await settle();
    }
  }

  /** A server that answers. */
  async up(version = this.atName): Promise<FakeServer> {
    await settle();
    this.server.answers = version;
    await this.pass(0.5);
    return this.server;
  }

  /** What a server does that updates itself. */
  async updateTo(version: string): Promise<void> {
    const server = await this.up();
    this.disk.put(this.installation.place.fresh(version), version);
    const previous = this.atName ?? '';
    const meta = { seq: 5, issued: 5, dataPath: '/data', now: 0 };
    expect(await swap(this.installation, { version, previous, ...meta })).toMatchObject({ ok: true });
    server.exit(42);
    await settle();
  }
}

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
