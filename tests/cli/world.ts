/**
 * A server with a folder of its own, and command lines that are run beside it. Each is a process of its own, started
 * from source, as a user would start it.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FROM_SOURCE, PROGRAM_FILE } from '../support/bundled-program.ts';
import { waitFor } from '../support/wait.ts';

export const MAIN = PROGRAM_FILE;

export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A command line that is running. */
export class Typed {
  readonly process: Bun.Subprocess<'ignore' | Uint8Array, 'pipe', 'pipe'>;
  #stdout = '';
  #stderr = '';
  readonly #read: Promise<unknown>;

  /** `argv`: the program and its arguments. */
  constructor(argv: readonly string[], env: Readonly<Record<string, string>>, { stdin, cwd, env: more }: CliOptions) {
    this.process = Bun.spawn([...argv], {
      env: { ...env, ...more },
      cwd: cwd ?? tmpdir(),
      stdin: stdin === undefined ? 'ignore' : typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin,
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const gather = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }));
    };
    this.#read = Promise.all([
      gather(this.process.stdout, (text) => (this.#stdout += text)),
      gather(this.process.stderr, (text) => (this.#stderr += text)),
    ]);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  says(text: string): Promise<unknown> {
    return waitFor(JSON.stringify(text), () => this.#stdout.includes(text) || this.#stderr.includes(text));
  }

  async done(): Promise<Done> {
    const code = await this.process.exited;
    await this.#read;
    return { code, stdout: this.#stdout, stderr: this.#stderr };
  }
}

export class World implements AsyncDisposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'agent-server-cli-')));
  readonly home = join(this.folder, 'home');
  readonly data = join(this.folder, 'data');
  readonly #typed: Typed[] = [];
  #server: Typed | undefined;
  url = '';

  readonly #program: readonly string[];

  private constructor(program: readonly string[]) {
    this.#program = program;
    mkdirSync(this.home, { mode: 0o700 });
  }

  /** A machine on which no server runs yet. */
  static empty(program = FROM_SOURCE): World {
    return new World(program);
  }

  static async start(program = FROM_SOURCE): Promise<World> {
    const world = new World(program);
    await world.startServer();
    return world;
  }

  async startServer(...flags: readonly string[]): Promise<void> {
    const server = this.type(['serve', '--port', '0', '--json', ...flags]);
    await Promise.race([waitFor('the start-up message', () => server.stdout.includes('\n')), server.done()]);
    if (!server.stdout.includes('\n')) throw new Error(`the server did not start: ${server.stderr}`);
    this.#server = server;
    this.url = (JSON.parse(server.stdout) as { url: string }).url;
  }

  /** Ends the server as a crash would. */
  async killServer(): Promise<void> {
    this.#server?.process.kill('SIGKILL');
    await this.#server?.done();
    this.#server = undefined;
  }

  get key(): string {
    return readFileSync(join(this.home, 'devpilot-agent', 'api_key'), 'utf8');
  }

  get env(): Readonly<Record<string, string>> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.home,
      AGENT_SERVER_DATA_DIR: this.data,
      AGENT_SERVER_KILL_GRACE: '0.5',
    };
  }

  /** How the program is started. */
  get argv(): readonly string[] {
    return this.#program;
  }

  /** Starts a command line. */
  type(args: readonly string[], options: CliOptions = {}): Typed {
    const typed = new Typed([...this.#program, ...args], this.env, options);
    this.#typed.push(typed);
    return typed;
  }

  /** Runs a command line to its end. */
  cli(args: readonly string[], options: CliOptions = {}): Promise<Done> {
    return this.type(args, options).done();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const typed of this.#typed) {
      if (typed !== this.#server && typed.process.exitCode === null) typed.process.kill('SIGKILL');
    }
    if (this.#server?.process.exitCode === null) {
      // Ctrl-C twice: the server ends its jobs as well, so that nothing outlives the test.
      this.#server.process.kill('SIGINT');
      await this.#server.says('stopping');
      this.#server.process.kill('SIGINT');
      await this.#server.done();
    }
    await Promise.all(this.#typed.map((typed) => typed.done()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The documents of a stream of JSON Lines. */
export const jsonLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
