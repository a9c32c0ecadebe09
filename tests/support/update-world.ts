/**
 * A machine with an installed executable, a release server beside it, and releases that are made as releases are made.
 * The stories of updates are told on it, on each system.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../src/core/failure.ts';
import type { JobView } from './rig.ts';
import type { Health } from '../../src/protocol/health.ts';
import type { UpdateResource } from '../../src/protocol/update.ts';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import type { Target } from '../../src/release/build/targets.ts';
import { makeKeyPair } from '../../src/release/keys/key-pair.ts';
import { makeRelease } from '../../src/release/make-release.ts';
import { executableFile } from '../../src/updater/release-files.ts';
import { waitFor } from './wait.ts';

const ROOT = join(import.meta.dir, '../..');
const BUILDS = join(ROOT, 'dist', 'test', 'update');

export type Program = Bun.Subprocess<'ignore' | 'pipe', 'pipe', 'pipe'>;

/** A system that executables run on. */
export interface Machine {
  readonly target: Target;
  readonly executableName: string;
  /** A folder on it, as this test and as its programs spell it. */
  readonly folder: { readonly host: string; readonly native: string };
  /** Path of something in the folder, as programs spell it. */
  native(...names: string[]): string;
  /** A path that a program has named, as this test spells it. */
  host(native: string): string;
  start(args: readonly string[], env: Readonly<Record<string, string>>): Program;
  /** Kills a process, by the pid that it has there. */
  end(pid: number): Promise<void>;
  /** Runs the installer of a release, into the folder `bin`. Absent where nothing can run it: then the file is copied. */
  install?(releaseUrl: string): Promise<void>;
}

const keys = await makeKeyPair();
const built = new Map<string, Promise<string>>();

/** Real versions, and with a suffix such as `3.0.0-crash` broken ones (tests/fixtures/faulty-main.ts). Each is built once per run. */
function build(target: Target, version: string): Promise<string> {
  const known = built.get(`${target} ${version}`);
  if (known !== undefined) return known;
  const folder = join(BUILDS, target, version);
  const entry = join(ROOT, version.includes('-') ? 'tests/fixtures/faulty-main.ts' : 'src/main.ts');
  const outfile = join(folder, executableFile(target));
  const info = { version, publicKeys: [keys.publicText] };
  const making = buildExecutable({ target, entry, outfile, info }).then(() => folder);
  built.set(`${target} ${version}`, making);
  return making;
}

export class UpdateWorld implements AsyncDisposable {
  readonly machine: Machine;
  readonly #server: Bun.Server<unknown>;
  readonly #releases: string;
  readonly #programs: Program[] = [];
  #said = '';
  #leftAlone = false;
  port = 0;
  /** Whether the release server gets stuck in every executable. */
  holdsExecutables = false;
  /** Bytes that the release server has sent. */
  fetched = 0;

  constructor(machine: Machine) {
    this.machine = machine;
    this.#releases = join(machine.folder.host, 'releases');
    this.#server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: async ({ url }) => {
        const path = join(this.#releases, new URL(url).pathname);
        if (!existsSync(path)) return new Response('not found', { status: 404 });
        this.fetched += Bun.file(path).size;
        // The beginning of an executable, and no more of it until its reader is gone.
        if (this.holdsExecutables && basename(path).startsWith('agent-server-'))
          return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
        return new Response(Bun.file(path));
      },
    });
    writeFileSync(join(machine.folder.host, 'test.key'), keys.secretText);
  }

  get releaseUrl(): string {
    return this.#server.url.href.replace(/\/$/, '');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get key(): string {
    const [, path] = /kept in (.*api_key)/.exec(this.#said) ?? [];
    if (path === undefined) throw new Error(`no server has said where its key is: ${this.#said}`);
    return readFileSync(this.machine.host(path), 'utf8');
  }

  /** All that the programs have written. */
  get said(): string {
    return this.#said;
  }

  host(...names: string[]): string {
    return join(this.machine.folder.host, ...names);
  }

  /** Names in the folder of the executable. */
  get installed(): string[] {
    return [...new Bun.Glob('*').scanSync(this.host('bin'))].toSorted();
  }

  async install(version: string): Promise<void> {
    const { target, executableName } = this.machine;
    const folder = await build(target, version);
    for (const name of ['bin', 'home']) mkdirSync(this.host(name), { recursive: true });
    if (this.machine.install === undefined)
      return copyFileSync(join(folder, executableFile(target)), this.host('bin', executableName));
    await this.release(version, 1);
    await this.machine.install(this.releaseUrl);
  }

  /** The folder of installers is the project itself. */
  async release(version: string, seq: number): Promise<void> {
    const from = await build(this.machine.target, version);
    rmSync(this.#releases, { recursive: true, force: true });
    await makeRelease({
      version,
      from,
      secretKey: this.host('test.key'),
      out: this.#releases,
      seq,
      expiresIn: 86_400_000,
      channel: 'stable',
      updateUrl: this.releaseUrl,
      installers: ROOT,
      now: Date.now(),
    });
  }

  /** Starts the installed executable; what it writes is kept in `said`. */
  start(...args: string[]): Program {
    const home = this.machine.native('home');
    const env = {
      HOME: home,
      LOCALAPPDATA: home,
      USERPROFILE: home,
      AGENT_SERVER_DATA_DIR: this.machine.native('data'),
      AGENT_SERVER_UPDATE_URL: this.releaseUrl,
      AGENT_SERVER_PORT: '0',
    };
    const program = this.machine.start(args, env);
    this.#programs.push(program);
    for (const stream of [program.stdout, program.stderr]) void this.#listen(stream);
    return program;
  }

  /** Starts a server and waits until it answers; it keeps the port of an earlier one. */
  async serve(...args: string[]): Promise<Program> {
    this.#leftAlone = !args.includes('--wrapper');
    // Without a terminal port: the one after a port that is given may be another test's.
    const flags = ['--port', String(this.port), '--terminal-port', '0', '--trial', '2'];
    const program = this.start('serve', ...flags, ...args);
    const { url } = await waitFor('the server to answer', async () => {
      const note = this.#holder();
      return note !== undefined && this.#said.includes('kept in') && (await this.#answers(note.url)) && note;
    });
    this.port = Number(new URL(url).port);
    return program;
  }

  /** Kills the server that holds the data folder, if it is still there. */
  async endServer(): Promise<void> {
    const pid = this.#holder()?.pid;
    if (pid !== undefined) await this.machine.end(pid).catch(() => {});
    await waitFor('the server to be gone', async () => !(await this.#answers(this.url)));
  }

  /** Undefined where nobody listens, or where the connection breaks. */
  async post(path: string, json: unknown): Promise<Response | undefined> {
    try {
      return await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers: { 'x-api-key': this.key, 'content-type': 'application/json' },
        body: JSON.stringify(json),
      });
    } catch {
      return undefined;
    }
  }

  async ask<T>(
    path: string,
    json?: unknown,
    method = json === undefined ? 'GET' : 'POST',
  ): Promise<{ status: number; body: T }> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'x-api-key': this.key, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  /** Undefined while the server is away. */
  async update(): Promise<UpdateResource | undefined> {
    try {
      return (await this.ask<UpdateResource>('/update')).body;
    } catch {
      return undefined;
    }
  }

  async until(what: string, is: (update: UpdateResource) => boolean): Promise<UpdateResource> {
    let last: UpdateResource | undefined;
    try {
      return await waitFor(what, async () => {
        last = await this.update();
        return last !== undefined && is(last) && last;
      });
    } catch (error) {
      throw new Error(`${messageOf(error)}, but it is ${JSON.stringify(last)}. Its programs said: ${this.#said}`, {
        cause: error,
      });
    }
  }

  health(): Promise<Health> {
    return this.ask<Health>('/health').then(({ body }) => body);
  }

  job(id: string): Promise<JobView> {
    return this.ask<JobView>(`/jobs/${id}`).then(({ body }) => body);
  }

  /** Milliseconds without an answer, the longest of them, until `over`. */
  async gap(over: Promise<unknown>): Promise<number> {
    let last = performance.now();
    let longest = 0;
    const ended = over.then(() => true);
    while (!(await Promise.race([ended, Bun.sleep(5).then(() => false)]))) {
      const answered = await this.#answers(this.url);
      const now = performance.now();
      if (answered) {
        longest = Math.max(longest, now - last);
        last = now;
      }
    }
    return longest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) program.kill('SIGKILL');
    await Promise.all(this.#programs.map(({ exited }) => exited));
    // A server ends by itself when its supervisor has. A successor that was left to itself does not.
    await waitFor('the last server to end', async () => {
      if (this.port === 0 || !(await this.#answers(this.url))) return true;
      const pid = this.#holder()?.pid;
      if (this.#leftAlone && pid !== undefined) await this.machine.end(pid);
      return false;
    });
    await this.#server.stop(true);
  }

  async #answers(url: string): Promise<boolean> {
    try {
      return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }

  #holder(): { readonly pid: number; readonly url: string } | undefined {
    try {
      return JSON.parse(readFileSync(this.host('data', 'server.json'), 'utf8')) as { pid: number; url: string };
    } catch {
      return undefined;
    }
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) this.#said += decoder.decode(bytes, { stream: true });
  }
}
