/**
 * A little world for one story: a server behind a door, in a temporary folder, with a HOME, a data
 * folder and a key of its own; all of it gone at the end.
 *
 *     await using rig = await Rig.start(door);
 *     const id = await rig.exec(rig.commands.print('hi'));
 *     expect((await rig.finished(id)).stdout).toBe('hi\n');
 */
import { setDefaultTimeout } from 'bun:test';
import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentSessionResource } from '../../src/protocol/agents.ts';
import type { JobResource } from '../../src/protocol/job.ts';
import { commandsFor, sessionCommandsFor, type Commands } from '../contract/commands.ts';
import type { Door, OpenDoor, Place, ServerProcess } from './doors.ts';
import { RigAgents } from './rig-agents.ts';
import { endMarked, isAlive, runningMarked } from './rig-processes.ts';
import { readEvents, type SseEvent } from './rig-events.ts';
import { unstated } from './stated-answers.ts';
import { waitFor } from './wait.ts';

export type JobView = JobResource & { readonly stdout: string; readonly stderr: string };

export interface RigOptions {
  /** `null`: neither key variable is set, the server finds or makes one. Default: a key of this rig. */
  readonly key?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  /** Called with the fresh HOME before the server starts. */
  readonly prepare?: (home: string) => void;
}

export interface Ask extends Omit<RequestInit, 'headers' | 'body'> {
  readonly headers?: Readonly<Record<string, string>>;
  /** `null` leaves the key out. */
  readonly key?: string | null;
  readonly json?: unknown;
  readonly body?: RequestInit['body'];
}

// A test that hangs is a failure, not a wait: generous for a loaded two-core machine. Bun 1.4.5 does not
// read `timeout` from bunfig.toml, and its own 5 seconds are few for stories that start servers.
setDefaultTimeout(30_000);

/** A short grace, so that what ignores SIGTERM does not hold a test up. */
const QUICK_GRACE = '0.5';

export class Rig implements AsyncDisposable {
  readonly door: Door;
  readonly commands: Commands;
  /** The same for a shell that is kept. */
  readonly sessionCommands: Commands;
  readonly agents = new RigAgents(this);
  readonly place: Place;
  readonly #folder: string;
  readonly #markers: string[] = [];
  readonly #givenKey: string | undefined;
  #open: OpenDoor;

  private constructor(door: Door, folder: string, place: Place, open: OpenDoor, key: string | undefined) {
    this.door = door;
    this.commands = commandsFor(door.platform);
    this.sessionCommands = door.sessionShell?.commands ?? sessionCommandsFor(door.platform);
    this.#folder = folder;
    this.place = place;
    this.#open = open;
    this.#givenKey = key;
  }

  static async start(door: Door, options: RigOptions = {}): Promise<Rig> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'agent-server-test-')));
    const home = join(folder, 'home');
    const data = join(folder, 'data');
    const cwd = join(folder, 'work');
    for (const path of [home, data, cwd]) mkdirSync(path, { mode: 0o700 });
    options.prepare?.(home);
    const key = options.key === undefined ? `key-${crypto.randomUUID()}` : (options.key ?? undefined);
    const place: Place = {
      home,
      data,
      cwd,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        ...(key !== undefined && { agent_runtime_API_KEY: key }),
        ...options.env,
      },
      flags: { 'kill-grace': QUICK_GRACE, ...options.flags },
    };
    try {
      return new Rig(door, folder, place, await door.open(place), key);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.#open.url;
  }

  get port(): number {
    return Number(new URL(this.url).port || 80);
  }

  /** `ws://…` of the terminal port. */
  get terminalUrl(): string {
    if (this.#open.terminalUrl === undefined) throw new Error(`${this.door.name}: there is no terminal port`);
    return this.#open.terminalUrl;
  }

  get keyFile(): string {
    return this.#open.keyFile;
  }

  get key(): string {
    if (this.#givenKey === undefined) throw new Error('this rig was started without a key: read the key file');
    return this.#givenKey;
  }

  get process(): ServerProcess {
    if (this.#open.process === undefined) throw new Error(`${this.door.name}: there is no server process`);
    return this.#open.process;
  }

  /** A request as a client would make it: with the key, and JSON declared as such. */
  async request(path: string, { key, json, headers = {}, body, ...init }: Ask = {}): Promise<Response> {
    const sent = new Headers(headers);
    const sentKey = key === undefined ? this.#givenKey : key;
    if (sentKey !== undefined && sentKey !== null && !sent.has('x-api-key')) sent.set('x-api-key', sentKey);
    if (json !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json');
    const request = new Request(`${this.url}${path}`, {
      method: json === undefined && body === undefined ? 'GET' : 'POST',
      ...init,
      headers: sent,
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body }),
    });
    const answer = await this.#open.fetch(request);
    // Every answer that any story gets is one that its route states.
    const problem = await unstated(request, answer);
    if (problem !== undefined) throw new Error(problem);
    return answer;
  }

  /** Status and JSON body of an answer that must be JSON as the contract has it. */
  async ask(path: string, ask: Ask = {}): Promise<{ status: number; body: unknown; headers: Headers }> {
    return answerOf(await this.request(path, ask));
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.ask(path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  async post<T>(path: string, json: unknown = {}): Promise<T> {
    const { status, body } = await this.ask(path, { json });
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  /** Submits a command; resolves to the job's id. */
  async exec(command: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { jobId } = await this.post<{ jobId: string }>('/exec', { command, ...fields });
    return jobId;
  }

  async job(id: string, query = ''): Promise<JobView> {
    return this.get<JobView>(`/jobs/${id}${query}`);
  }

  /** The record of the job once it is done. */
  async finished(id: string): Promise<JobView> {
    return waitFor(`job ${id} to end`, async () => {
      const job = await this.job(id, '?wait=5');
      return job.exitCode === undefined ? undefined : job;
    });
  }

  /** Runs a command to its end. */
  async run(command: string, fields: Readonly<Record<string, unknown>> = {}): Promise<JobView> {
    return this.finished(await this.exec(command, fields));
  }

  /** Resolves when the running job has written this to stdout. */
  async printed(id: string, text: string): Promise<JobView> {
    return waitFor(`job ${id} to print ${JSON.stringify(text)}`, async () => {
      const job = await this.job(id);
      if (job.stdout.includes(text)) return job;
      if (job.exitCode !== undefined) throw new Error(`it ended first: ${JSON.stringify(job)}`);
      return undefined;
    });
  }

  async running(id: string): Promise<JobView> {
    return waitFor(`job ${id} to run`, async () => {
      const job = await this.job(id);
      return job.status === 'running' ? job : undefined;
    });
  }

  /** The events of a job, as far as `until` says (default: to the end of the stream). */
  async events(
    id: string,
    options: { lastEventId?: number; until?: (event: SseEvent) => boolean } = {},
  ): Promise<SseEvent[]> {
    const abort = new AbortController();
    const headers: Record<string, string> =
      options.lastEventId === undefined ? {} : { 'last-event-id': String(options.lastEventId) };
    const response = await this.request(`/jobs/${id}/events`, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`events of ${id}: ${response.status}`);
    return readEvents(response, options.until, () => abort.abort());
  }

  /** A file that a command waits for (`commands.waitForFile`); `open()` lets it go on. */
  gate(): { readonly path: string; open(): void } {
    // Marked: where the server is killed, the command would wait for ever.
    const path = join(this.#folder, `gate-${this.marker()}`);
    return { path: this.door.nativePath(path), open: () => writeFileSync(path, '') };
  }

  /** A path in this world that a command can use. */
  path(name: string): string {
    return join(this.place.cwd, name);
  }

  /** An argument that tells the processes of one test apart; those left over are ended with the rig. */
  marker(): string {
    // A number of seconds nobody else sleeps for, within what `sleep` and `ping -n` take.
    const marker = String(100_000_000 + Math.floor(Math.random() * 800_000_000));
    this.#markers.push(marker);
    return marker;
  }

  /** Pids of living processes that have the marker as an argument. */
  marked(marker: string): number[] {
    return runningMarked(marker);
  }

  alive(pid: number): boolean {
    return isAlive(pid);
  }

  waitFor = waitFor;

  /** The server is gone from one instant to the next. */
  async kill9(): Promise<void> {
    await this.process.kill9();
  }

  /** Asks the server to stop; its exit code and all it said. */
  async stop(): Promise<{ code: number; said: string }> {
    const { process } = this;
    return { code: await process.terminate(), said: process.said() };
  }

  /** A new server on the same data; in process, the old one is closed first. */
  async restart(flags: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
    this.#open = await this.door.open({ ...this.place, flags: { ...this.place.flags, ...flags } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#cancelAll();
      await this.#closeAgents();
    } catch {
      // The server is down already, as the story wanted it.
    }
    await this.#open[Symbol.asyncDispose]();
    for (const marker of this.#markers) endMarked(marker);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #cancelAll(): Promise<void> {
    if (this.#givenKey === undefined) return;
    for (const status of ['pending', 'running']) {
      const jobs = await this.get<JobView[]>(`/jobs?status=${status}&limit=100&tailLines=0`);
      for (const { jobId } of jobs) await this.post(`/jobs/${jobId}/cancel`);
      for (const { jobId } of jobs) await this.finished(jobId);
    }
  }

  async #closeAgents(): Promise<void> {
    if (this.#givenKey === undefined) return;
    for (const { id, pid } of await this.get<AgentSessionResource[]>('/agents/sessions'))
      if (pid !== undefined) await this.agents.session(id).delete();
  }
}

/** Insists that an answer is JSON with the content type of the contract: everything but output and pages is. */
export async function answerOf(response: Response): Promise<{ status: number; body: unknown; headers: Headers }> {
  const text = await response.text();
  const type = response.headers.get('content-type');
  if (type !== 'application/json; charset=utf-8')
    throw new Error(`${response.status} with content type ${type}: ${text}`);
  return { status: response.status, body: JSON.parse(text) as unknown, headers: response.headers };
}
