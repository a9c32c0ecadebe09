/** A server of its own for a measure: the executable where it is built, else the source; data in a folder that goes with it. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = join(import.meta.dir, '..', '..');

function findExecutable(): string | undefined {
  const given = process.argv.find((arg) => arg.startsWith('--exe='));
  if (given !== undefined) return resolve(given.slice('--exe='.length));
  const target = { win32: 'windows', darwin: 'darwin' }[process.platform as string] ?? 'linux';
  const path = join(root, 'dist', `agent-server-${target}-${process.arch}${target === 'windows' ? '.exe' : ''}`);
  return existsSync(path) && !process.argv.includes('--source') ? path : undefined;
}

export const executable = findExecutable();
export const serverCommand: readonly string[] =
  executable === undefined ? [process.execPath, join(root, 'src', 'main.ts')] : [executable];

export interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly exitCode?: number;
  readonly stdoutBytes: number;
}

export class BenchServer implements AsyncDisposable {
  readonly #process: Bun.Subprocess<'ignore', 'pipe', 'ignore'>;
  readonly #home: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly url: string;
  /** Milliseconds from its start to its first answer. */
  readonly startMs: number;

  private constructor(process: Bun.Subprocess<'ignore', 'pipe', 'ignore'>, home: string, url: string, startMs: number) {
    this.#process = process;
    this.#home = home;
    this.url = url;
    this.startMs = startMs;
    this.#headers = { 'x-api-key': KEY, 'content-type': 'application/json' };
  }

  static async start(...args: string[]): Promise<BenchServer> {
    return BenchServer.#start(await makeHome(), args);
  }

  /** The doors lead to that agent. */
  static async withAgent(command: string): Promise<BenchServer> {
    const home = await makeHome();
    const config = { agents: { bench: { command: command.split(' ') } } };
    await mkdir(join(home, 'data'), { mode: 0o700 });
    await writeFile(join(home, 'data', 'config.json'), JSON.stringify(config), { mode: 0o600 });
    return BenchServer.#start(home, ['--acp-agent', 'bench']);
  }

  static async #start(home: string, args: readonly string[]): Promise<BenchServer> {
    const from = performance.now();
    const process = Bun.spawn([...serverCommand, '--port', '0', '--json', '--data-dir', join(home, 'data'), ...args], {
      cwd: home,
      env: { PATH: Bun.env['PATH'], HOME: home, LOCALAPPDATA: home, agent_runtime_API_KEY: KEY },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    });
    const url = await firstUrl(process.stdout);
    await (await fetch(`${url}/health`)).text();
    return new BenchServer(process, home, url, performance.now() - from);
  }

  get dataPath(): string {
    return join(this.#home, 'data');
  }

  /** `fields` are further fields of the request. */
  async submit(command: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const response = await fetch(`${this.url}/exec`, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify({ command, ...fields }),
    });
    const { jobId } = (await response.json()) as { jobId?: string };
    if (jobId === undefined) throw new Error(`POST /exec: ${response.status}`);
    return jobId;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { headers: this.#headers });
    return (await response.json()) as T;
  }

  async post(path: string): Promise<void> {
    await (await fetch(this.url + path, { method: 'POST', headers: this.#headers })).text();
  }

  /** A terminal that runs a command for `sh`; its id. */
  async terminal(command: string): Promise<string> {
    const response = await fetch(`${this.url}/terminals`, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify({ shell: 'sh', args: ['-c', command] }),
    });
    const { id } = (await response.json()) as { id?: string };
    if (id === undefined) throw new Error(`POST /terminals: ${response.status}`);
    return id;
  }

  async deleteTerminal(id: string): Promise<void> {
    await (await fetch(`${this.url}/terminals/${id}`, { method: 'DELETE', headers: this.#headers })).text();
  }

  /** A stream of events. */
  open(path: string): Promise<Response> {
    return fetch(this.url + path, { headers: this.#headers });
  }

  /** A session with that agent; its id. */
  async agentSession(agent: string): Promise<string> {
    const { id } = await this.#send<{ id: string }>('/agents/sessions', { agent });
    return id;
  }

  /** Resolves when the turn has ended. */
  async prompt(session: string, text: string): Promise<void> {
    await this.#send(`/agents/sessions/${session}/prompt?wait=60`, { text });
  }

  async closeAgent(session: string): Promise<void> {
    await (await fetch(`${this.url}/agents/sessions/${session}`, { method: 'DELETE', headers: this.#headers })).text();
  }

  async #send<T>(path: string, json: object): Promise<T> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(json),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  /** A stream of lines; how many have come when it ends. */
  async rows(path: string, json: object): Promise<number> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(json),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status}`);
    return (await response.text()).split('\n').length - 1;
  }

  /** Where a socket to a terminal is opened, and what proves that it may. */
  socket(id: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: `${this.url.replace('http', 'ws')}/terminal?attach=${id}`, headers: { 'x-api-key': KEY } };
  }

  /** A door, and what proves that it may be used. */
  door(path: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.url + path, headers: { 'x-api-key': KEY } };
  }

  /** Submits, and waits for the end by long-poll, as a client would. */
  async run(command: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Job> {
    const id = await this.submit(command, fields);
    for (;;) {
      const job = await this.get<Job>(`/jobs/${id}?wait=30`);
      if (job.exitCode === undefined) continue;
      if (job.exitCode !== 0) throw new Error(`${command}: exit code ${job.exitCode}`);
      return job;
    }
  }

  /** Resident memory in bytes; 0 where /proc is missing. */
  get rss(): number {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#process.exited;
    await rm(this.#home, { recursive: true, force: true });
  }
}

const KEY = 'a-key-of-the-bench-that-opens-nothing-else';

const makeHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'agent-server-bench-'));

async function firstUrl(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stdout.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes('\n')) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the server did not start: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return (JSON.parse(text) as { url: string }).url;
}
