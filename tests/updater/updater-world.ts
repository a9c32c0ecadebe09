/** The world of an updater: a signed release on a real server, a disk in memory, a clock in our hand, a server that does as it is told. */
import { expect } from 'bun:test';
import type { Result } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import { makeKeyPair, parseSecretKey } from '../../src/release/keys/key-pair.ts';
import { signMessage } from '../../src/release/keys/sign.ts';
import type { Installation } from '../../src/updater/installation.ts';
import type { Manifest } from '../../src/updater/manifest.ts';
import { placeOf } from '../../src/updater/place.ts';
import { readRecord } from '../../src/updater/record.ts';
import { Updater, type UpdaterOptions } from '../../src/updater/updater.ts';
import { FakeClock, settle } from '../support/sandbox.ts';
import { waitFor } from '../support/wait.ts';
import { MemoryDisk } from './memory-disk.ts';

export const PATH = '/bin/agent-server';
export const own = await makeKeyPair();
export const next = await makeKeyPair();
export const stranger = await makeKeyPair();

const closing: (() => void)[] = [];
/** Stops the servers of all releases: for `afterAll` of whoever made one. */
export function closeReleases(): void {
  for (const close of closing.splice(0)) close();
}

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

export class World {
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
