/**
 * Terminals of agents as processes of their own, which end with the server.
 *
 * Each has a folder, named by its tree, while it runs: so the next start finds what a server that was killed has left behind.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../core/failure.ts';
import { newId } from '../../core/id.ts';
import { OutputDrain } from '../../platform/process/output-drain.ts';
import type { Launched, Launcher, SpawnFailure } from '../../platform/process/process.ts';
import { lookUpProgram } from '../../platform/programs/index.ts';
import type { OutputTail } from './output-tail.ts';
import type { TerminalCommand, TerminalEngine, TerminalExit, TerminalStart } from './terminal-engine.ts';
import { terminalFailure, type TerminalFailure } from './terminal-failure.ts';

export interface OwnProcessesOptions {
  readonly launcher: Launcher;
  /** The complete environment of the session's commands. */
  readonly env: Readonly<Record<string, string>>;
  /** An existing folder for the folders of what runs. */
  readonly root: string;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
}

export function ownProcesses({ launcher, env: sessionEnv, root, graceMs }: OwnProcessesOptions): TerminalEngine {
  return {
    async start(request, output) {
      const { cwd } = request;
      const env = { ...sessionEnv, ...request.env };
      const argv = argvOf(request, env);
      if (!argv.ok) return argv;
      const treeId = newId();
      const folder = join(root, treeId);
      const remove = () => rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { mode: 0o700 });
      const outputPath = join(folder, 'output');
      const started = await launcher.launch({ argv: argv.value, cwd, env, treeId, inputPath: undefined, outputPath });
      if ('process' in started) return ok(new OwnProcess(started, graceMs, output, remove));
      remove();
      return terminalFailure('terminal-not-started', explain(started));
    },
  };
}

/** What is to be launched. */
function argvOf(
  { command, args, cwd }: TerminalStart,
  env: Readonly<Record<string, string>>,
): Result<readonly string[] | string, TerminalFailure> {
  const found = lookUpProgram(command, env, cwd);
  if (found.ok) return ok([found.value, ...args]);
  if (args.length === 0) return ok(command);
  const places = found.failure.folders.join(', ') || 'no folder: PATH is empty';
  return terminalFailure('terminal-not-started', `there is no program ${command}; it was looked for in ${places}`);
}

function explain(failure: SpawnFailure): string {
  switch (failure.reason) {
    case 'cwd-missing':
      return `there is no folder ${failure.cwd}`;
    case 'spawn-refused':
      return `the command could not be started: ${failure.detail}`;
  }
}

class OwnProcess implements TerminalCommand {
  readonly exited: Promise<TerminalExit>;
  readonly #process: Launched['process'];
  readonly #graceMs: number;
  readonly #output = new OutputDrain();
  readonly #remove: () => void;

  constructor({ process, stdout, stderr }: Launched, graceMs: number, output: OutputTail, remove: () => void) {
    this.#process = process;
    this.#graceMs = graceMs;
    this.#remove = remove;
    this.#output.output = (bytes) => output.append(bytes);
    void Promise.all([this.#read(stdout), this.#read(stderr)]).then(() => this.#output.end());
    this.exited = this.#exit();
  }

  end(): Promise<void> {
    return this.#process.endTree(this.#graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    // What has escaped its tree may hold the output open: nothing of that is shown any more.
    await this.#output.drained();
    this.#output.close();
    this.#process.release();
    this.#remove();
  }

  async #exit(): Promise<TerminalExit> {
    const exit = await this.#process.exited;
    await this.#output.drained();
    return exit.known ? { exitCode: exit.code, signal: exit.signal ?? null } : { exitCode: null, signal: null };
  }

  /** To its end, whether or not anybody wants it: output that is not read makes the program wait. */
  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) this.#output.take(chunk);
    } catch {
      // A stream that has failed has ended.
    }
  }
}
