/** A folder on the Windows side, and servers in miniature (driver.ts) that can be told what to do, and killed. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { buildExecutable } from '../../src/release/build/build-executable.ts';
import { newId } from '../../src/core/id.ts';
import type { SpawnRequest } from '../../src/platform/process/process.ts';
import { openLab, type Folder, type WindowsLab, type WindowsProgram } from '../support/wine.ts';
import type { LaunchOrder, methods } from './driver.ts';

type Methods = typeof methods;
export type Answer<M extends keyof Methods> = Awaited<ReturnType<Methods[M]>>;

const DRIVER = join(import.meta.dir, '../../dist/test/agent-server-test-driver.exe');

let installed: Promise<{ lab: WindowsLab; driver: string }> | undefined;

/** Built and put into the lab once per test run. */
function install(): Promise<{ lab: WindowsLab; driver: string }> {
  return (installed ??= (async () => {
    const entry = join(import.meta.dir, 'driver.ts');
    const target = process.arch === 'arm64' ? 'windows-arm64' : 'windows-x64';
    const [lab] = await Promise.all([openLab(), buildExecutable({ target, entry, outfile: DRIVER })]);
    return { lab, driver: await lab.install(DRIVER) };
  })());
}

export class World implements AsyncDisposable {
  readonly lab: WindowsLab;
  readonly folder: Folder;
  /** The driver program, as Windows spells its path. */
  readonly driverPath: string;
  readonly #drivers: Driver[] = [];
  readonly #requests: SpawnRequest[] = [];

  private constructor(lab: WindowsLab, driver: string) {
    this.lab = lab;
    this.driverPath = driver;
    this.folder = lab.folder();
  }

  /** Where the driver program is, as Windows spells it: it can also put out so many bytes, `__flood N`. */
  static async driverPath(): Promise<string> {
    return (await install()).driver;
  }

  static async open(): Promise<World> {
    const { lab, driver } = await install();
    return new World(lab, driver);
  }

  /** `env` is laid over the lab's own. */
  async driver(env: Readonly<Record<string, string>> = {}): Promise<Driver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const program = this.lab.start(this.driverPath, [String(address.port)], { env });
    const socket = await new Promise<Socket>((resolve, reject) => {
      server.once('connection', resolve);
      void program.exited.then(async (code) =>
        reject(new Error(`the driver ended with ${code}: ${await new Response(program.stderr).text()}`)),
      );
    });
    server.close();
    const driver = new Driver(program, socket);
    this.#drivers.push(driver);
    return driver;
  }

  request(command: string, more: Partial<SpawnRequest> = {}): SpawnRequest {
    const treeId = newId();
    const file = (end: string) => win32.join(this.folder.native, `${treeId}.${end}`);
    const request = {
      command,
      cwd: this.folder.native,
      env: { SystemRoot: 'C:\\windows', PATH: 'C:\\windows\\system32;C:\\windows', ...more.env },
      stdoutPath: file('out'),
      stderrPath: file('err'),
      inputPath: file('in'),
      exitPath: file('exit'),
      commandPath: file('command'),
      treeId,
    };
    this.#requests.push(request);
    return { ...request, ...more, env: request.env };
  }

  /** A program to be launched, with the driver as its reader. */
  order(argv: LaunchOrder['argv'], more: Partial<LaunchOrder> = {}): LaunchOrder {
    const env = { SystemRoot: 'C:\\windows', PATH: 'C:\\windows\\system32;C:\\windows' };
    return { argv, cwd: this.folder.native, env, treeId: newId(), input: true, ...more };
  }

  /** The place of a Windows file of this world on the test's machine. */
  host(native: string): string {
    return join(this.folder.host, ...native.slice(this.folder.native.length).split('\\').filter(Boolean));
  }

  makeFolder(name: string): string {
    const native = win32.join(this.folder.native, name);
    mkdirSync(this.host(native));
    return native;
  }

  bytes(native: string): Buffer {
    return readFileSync(this.host(native));
  }

  /** Line ends as LF. */
  stdout(request: SpawnRequest): string {
    return this.bytes(request.stdoutPath).toString('utf8').replaceAll('\r\n', '\n');
  }

  stderr(request: SpawnRequest): string {
    return this.bytes(request.stderrPath).toString('utf8').replaceAll('\r\n', '\n');
  }

  exitFile(request: SpawnRequest): string | undefined {
    const path = this.host(request.exitPath);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver[Symbol.asyncDispose]()));
    this.lab.clear(this.folder);
  }
}

export class Driver implements AsyncDisposable {
  readonly program: WindowsProgram;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #trees: string[] = [];
  #lastId = 0;

  constructor(program: WindowsProgram, socket: Socket) {
    this.program = program;
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string };
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    socket.on('error', () => {});
    void program.exited.then((code) => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the driver ended with ${code}`));
    });
  }

  call<M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Promise<Answer<M>> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#socket.write(`${JSON.stringify({ id, method, args })}\n`);
    return promise as Promise<Answer<M>>;
  }

  /** Starts it, fails when Windows refuses. */
  async start(request: SpawnRequest): Promise<{ pid: number; startTime: string }> {
    const answer = await this.call('spawn', request);
    if ('reason' in answer) throw new Error(JSON.stringify(answer));
    this.#trees.push(request.treeId);
    return answer.identity;
  }

  async launch(order: LaunchOrder): Promise<{ pid: number; startTime: string }> {
    const answer = await this.call('launch', order);
    if ('reason' in answer) throw new Error(JSON.stringify(answer));
    this.#trees.push(order.treeId);
    return answer.identity;
  }

  /** Runs it to its end; the exit code, or 'unknown'. */
  async run(request: SpawnRequest): Promise<number | 'unknown'> {
    await this.start(request);
    return this.code(request);
  }

  async code({ treeId }: { readonly treeId: string }): Promise<number | 'unknown'> {
    const exit = await this.call('exited', treeId);
    return exit.known ? exit.code : 'unknown';
  }

  async kill9(): Promise<void> {
    this.program.kill('SIGKILL');
    await this.program.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.program.exitCode !== null || this.program.signalCode !== null) return;
    await Promise.all(this.#trees.map((treeId) => this.call('endTree', treeId)));
    await this.call('stop');
    await this.program.exited;
  }
}
