/** A real server process in a home of its own, to be hit, killed and started again. */
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readProcess } from '../../src/platform/process/posix/process-table.ts';
import type { Health } from '../../src/protocol/health.ts';
import type { JobResource } from '../../src/protocol/job.ts';
import { FROM_SOURCE } from '../support/bundled-program.ts';
import { Sandbox, waitFor } from '../support/sandbox.ts';

const EXECUTABLE = process.env['AGENT_SERVER_TEST_EXE'];
/** The program from source, or the executable of that variable. */
export const PROGRAM = EXECUTABLE === undefined ? FROM_SOURCE : [resolve(EXECUTABLE)];
/** Long enough for a start on a loaded machine. */
const START_MS = 20_000;
/** A start takes a second on a loaded machine, and every story has some. */
export const STORY_MS = 60_000;

interface Announcement {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
}

export interface Home extends Disposable {
  readonly path: string;
  readonly dataDir: string;
  /** Starts a server over this home; resolves when it says where it listens. */
  serve(...flags: string[]): Promise<LiveServer>;
  /** Starts one that is expected not to come up. */
  refused(
    flags?: readonly string[],
    prefix?: readonly string[],
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}

/**
 * A home folder with everything in it; every process of its jobs is ended when it is disposed. `launcher` is a command that
 * runs its servers, `program` what those are.
 */
export function openHome(
  dataDir?: string,
  more: Readonly<Record<string, string>> = {},
  launcher: readonly string[] = [],
  program: readonly string[] = PROGRAM,
): Home {
  const box = new Sandbox();
  const data = dataDir ?? box.file('data');
  const env = { PATH: process.env['PATH'] ?? '', HOME: box.path, AGENT_SERVER_DATA_DIR: data, ...more };
  const spawn = (flags: readonly string[], prefix: readonly string[], stderr: string, stdout: 'pipe' | number) => {
    const fd = openSync(stderr, 'a');
    try {
      return Bun.spawn([...prefix, ...program, 'serve', '--json', ...flags], {
        cwd: box.path,
        env,
        stdin: 'ignore',
        stdout,
        stderr: fd,
      });
    } finally {
      closeSync(fd);
    }
  };
  let started = 0;
  return {
    path: box.path,
    dataDir: data,
    async serve(...flags) {
      const number = ++started;
      const [out, err] = [box.file(`server-${number}.out`), box.file(`server-${number}.err`)];
      const fd = openSync(out, 'a');
      const child = spawn(['--port', '0', ...flags], launcher, err, fd);
      closeSync(fd);
      const announcement = await waitFor<Announcement | undefined>(
        'the server to say where it listens',
        () => {
          if (child.exitCode !== null)
            throw new Error(`the server ended with ${child.exitCode}: ${readFileSync(err, 'utf8')}`);
          const text = readFileSync(out, 'utf8');
          return text.endsWith('\n') ? (JSON.parse(text) as Announcement) : undefined;
        },
        START_MS,
      );
      return new LiveServer(
        child,
        announcement,
        readFileSync(join(box.path, 'devpilot-agent', 'api_key'), 'utf8'),
        () => readFileSync(err, 'utf8'),
      );
    },
    async refused(flags = [], prefix = []) {
      const number = ++started;
      const err = box.file(`server-${number}.err`);
      const child = spawn(flags, prefix, err, 'pipe');
      let stdout = '';
      for await (const chunk of child.stdout as ReadableStream<Uint8Array>) {
        stdout += new TextDecoder().decode(chunk);
        // It came up after all.
        child.kill('SIGKILL');
      }
      return { code: await child.exited, stdout, stderr: readFileSync(err, 'utf8') };
    },
    [Symbol.dispose]() {
      endJobsOf(data);
      box[Symbol.dispose]();
    },
  };
}

/** What a killed server left running, found as the next server would. */
function endJobsOf(dataDir: string): void {
  let ids: Set<string>;
  try {
    ids = new Set(readdirSync(join(dataDir, 'jobs')));
  } catch {
    return;
  }
  for (const name of readdirSync('/proc')) {
    const entry = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    const job = entry?.treeId();
    if (entry === undefined || job === undefined || !ids.has(job)) continue;
    try {
      process.kill(entry.pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
}

export class LiveServer implements AsyncDisposable {
  readonly #child: Bun.Subprocess;
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  readonly key: string;
  readonly #stderr: () => string;

  constructor(child: Bun.Subprocess, { url, port, pid }: Announcement, key: string, stderr: () => string) {
    this.#child = child;
    this.url = url;
    this.port = port;
    this.pid = pid;
    this.key = key;
    this.#stderr = stderr;
  }

  get stderr(): string {
    return this.#stderr();
  }

  get exited(): Promise<number> {
    return this.#child.exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The server is gone between two instructions, and nothing of it can tidy up. */
  async killed(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, {
      ...init,
      headers: { 'X-API-Key': this.key, ...(init.headers as Record<string, string> | undefined) },
    });
  }

  async json<T>(path: string): Promise<T> {
    return (await this.fetch(path)).json() as Promise<T>;
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  }

  async exec(command: string, more: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.post('/exec', { command, ...more });
    const body = (await answer.json()) as { jobId?: string };
    if (body.jobId === undefined) throw new Error(`${answer.status}: ${JSON.stringify(body)}`);
    return body.jobId;
  }

  job(id: string): Promise<JobResource> {
    return this.json(`/jobs/${id}`);
  }

  async finished(id: string, withinMs = 20_000): Promise<JobResource> {
    return waitFor(
      `the end of job ${id}`,
      async () => {
        const job = await this.json<JobResource>(`/jobs/${id}?wait=5`);
        return job.exitCode !== undefined && job;
      },
      withinMs,
    );
  }

  /** Waits until the running job has written this. */
  async wrote(id: string, text: string): Promise<JobResource> {
    return waitFor(`${JSON.stringify(text)} from job ${id}`, async () => {
      const job = await this.job(id);
      return (job.stdout ?? '').includes(text) && job;
    });
  }

  health(): Promise<Health> {
    return this.json('/health');
  }

  /** Resident memory in bytes. */
  get memory(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGTERM');
    await this.exited;
  }
}

export const isAlive = (pid: number): boolean => {
  const entry = readProcess(pid);
  return entry !== undefined && !entry.zombie;
};
