/** Managed processes in a folder of their own, all ended when the test is. */
import { readFileSync } from 'node:fs';
import { newId } from '../../../src/core/id.ts';
import { createPosixProcesses } from '../../../src/platform/process/posix/processes.ts';
import { readProcess } from '../../../src/platform/process/posix/process-table.ts';
import type { ManagedProcess, SpawnRequest } from '../../../src/platform/process/process.ts';
import { Sandbox, waitFor } from '../../support/sandbox.ts';

export class World implements AsyncDisposable {
  readonly #box = new Sandbox();
  readonly processes = createPosixProcesses();
  readonly #started: ManagedProcess[] = [];

  spawn(command: string, more: Partial<SpawnRequest> = {}): Program {
    const treeId = newId();
    const request: SpawnRequest = {
      command,
      cwd: this.#box.path,
      env: { PATH: process.env['PATH'] ?? '' },
      stdoutPath: this.#box.file(`${treeId}.out`),
      stderrPath: this.#box.file(`${treeId}.err`),
      inputPath: this.#box.file(`${treeId}.in`),
      exitPath: this.#box.file(`${treeId}.exit`),
      commandPath: this.#box.file(`${treeId}.command`),
      treeId,
      ...more,
    };
    const child = this.processes.spawn(request);
    if ('reason' in child) throw new Error(JSON.stringify(child));
    this.#started.push(child);
    return new Program(child, request);
  }

  /** As the next server would: by what was written down only. */
  async adopt({ request, child }: Program, identity: 'unknown' | 'known' = 'known'): Promise<Program> {
    const adopted = await this.processes.adopt({
      ...request,
      identity: identity === 'known' ? child.identity : undefined,
    });
    this.#started.push(adopted);
    return new Program(adopted, request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((child) => child.endTree(0)));
    this.#box[Symbol.dispose]();
  }
}

export class Program {
  readonly child: ManagedProcess;
  readonly request: SpawnRequest;

  constructor(child: ManagedProcess, request: SpawnRequest) {
    this.child = child;
    this.request = request;
  }

  get stdout(): string {
    return readFileSync(this.request.stdoutPath, 'utf8');
  }

  get exitFile(): string | undefined {
    try {
      return readFileSync(this.request.exitPath, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Waits until so many lines of output are there. */
  lines(count: number): Promise<string[]> {
    return waitFor(`${count} lines of ${String(this.request.command)}`, () => {
      const lines = this.stdout.split('\n').slice(0, -1);
      return lines.length >= count && lines;
    });
  }

  /** The pids a program has printed, one a line. */
  async pids(count: number): Promise<number[]> {
    return (await this.lines(count)).map(Number);
  }

  async code(): Promise<number | 'unknown'> {
    const exit = await this.child.exited;
    return exit.known ? exit.code : 'unknown';
  }
}

export function isAlive(pid: number): boolean {
  const entry = readProcess(pid);
  return entry !== undefined && !entry.zombie;
}
