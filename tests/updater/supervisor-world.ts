/** The world of a supervisor: servers that do as they are told, a disk in memory, a clock that only moves when told. */
import { expect } from 'bun:test';
import { silentLog } from '../../src/core/log.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import type { Installation } from '../../src/updater/installation.ts';
import { placeOf } from '../../src/updater/place.ts';
import { readRecord } from '../../src/updater/record.ts';
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

export class World {
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
