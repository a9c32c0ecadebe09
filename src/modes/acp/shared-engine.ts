/**
 * Terminals of an agent as commands in a named persistent shell, one after the other. What one sets, changes or defines is
 * there for the next, its folder and variables included; the environment of the job is the seed of the shell.
 *
 *   waiting ──turn──▶ running ──▶ ended
 *      └──end─────────────┴──end: the process of the shell is ended with all it has started
 *
 * After the latter the next command gets a new process, in which seed and bootstrap are replayed. What a command has put
 * into the background belongs to the shell, and goes on until that ends. No exit has a signal: a shell reports a code, and
 * 137 may also be what a command has returned.
 */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputTail } from '../../agents/host/output-tail.ts';
import type { TerminalCommand, TerminalEngine, TerminalExit } from '../../agents/host/terminal-engine.ts';
import { terminalFailure } from '../../agents/host/terminal-failure.ts';
import { messageOf, ok } from '../../core/failure.ts';
import { newId } from '../../core/id.ts';
import { isDirectory } from '../../platform/files/directory.ts';
import type { ShellPool } from '../../shells/pool.ts';
import type { SessionRun, ShellSession } from '../../shells/session.ts';
import type { CommandFiles, Seed, ShellName } from '../../shells/shell-process.ts';
import { CLOSED, poolRefusal } from '../persistent-shell/refusals.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { FileTail } from './file-tail.ts';
import { shellText } from './shell-text.ts';

export interface SharedEngineOptions {
  readonly pool: ShellPool;
  readonly key: string;
  readonly shell: ShellName;
  /** Of a shell that is made here: folder and environment of the job. */
  readonly seed: Seed;
  /** For the files of the commands: one of the job's own, made where it is not there. */
  readonly folder: string;
}

/** Of a command that was ended before its turn: as an interrupted one has it. */
const NOT_RUN: TerminalExit = { exitCode: 130, signal: null };
const FAILED: TerminalExit = { exitCode: 1, signal: null };

export function sharedEngine({ pool, key, shell, seed, folder: root }: SharedEngineOptions): TerminalEngine {
  return {
    async start(request, output) {
      if (request.cwdGiven && !isDirectory(request.cwd))
        return terminalFailure('terminal-not-started', `there is no folder ${request.cwd}`);
      const text = shellText(shell, request);
      if (!text.ok) return text;
      const opened = pool.open(key, shell, seed);
      if (!opened.ok) return terminalFailure('terminal-not-started', poolRefusal(opened.failure));
      const folder = join(root, newId());
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return ok(new SharedCommand(opened.value, text.value, folder, output));
    },
  };
}

class SharedCommand implements TerminalCommand {
  readonly exited: Promise<TerminalExit>;
  readonly #session: ShellSession;
  readonly #folder: string;
  readonly #output: OutputTail;
  readonly #tails: readonly FileTail[];
  /** Aborted when the command is not to run any more. */
  readonly #over = new AbortController();
  readonly #calledOff = Promise.withResolvers<undefined>();
  readonly #started: Promise<SessionRun | undefined>;
  #hadTurn = false;
  #ended = false;
  #pulling: Promise<void> = Promise.resolve();

  constructor(session: ShellSession, text: string, folder: string, output: OutputTail) {
    this.#session = session;
    this.#folder = folder;
    this.#output = output;
    const files = filesIn(folder, session.kind.name);
    this.#tails = [...new Set([files.stdout, files.stderr])].map((path) => new FileTail(path));
    this.#started = Promise.race([this.#start(files, text), this.#calledOff.promise]);
    this.exited = this.#exit();
  }

  pull(): Promise<void> {
    return (this.#pulling = this.#pulling.then(async () => {
      for (const tail of this.#tails) await tail.readInto(this.#output);
    }));
  }

  async end(): Promise<void> {
    this.#over.abort();
    // It will not have its turn, and need not wait for it.
    if (!this.#hadTurn) this.#calledOff.resolve(undefined);
    const run = await this.#started;
    // After its end the shell is that of other commands.
    if (!this.#ended) await run?.endShell();
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await this.pull();
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // On Windows a file that a background program writes to cannot be removed: it goes with the job.
    }
  }

  /** Undefined when it does not come to run; the output says why, unless that was asked for. */
  async #start(files: CommandFiles, text: string): Promise<SessionRun | undefined> {
    const command = {
      files,
      scratch: (name: string) => join(this.#folder, name),
      begin() {
        writeFileSync(files.text, text, { mode: 0o600 });
        for (const path of [files.stdout, files.stderr]) appendFileSync(path, '', { mode: 0o600 });
      },
      bootstrap: undefined,
    };
    try {
      const started = await this.#session.start(command, this.#over.signal, async () => {
        // There is no slot to wait for: the job of the agent has its own.
        this.#hadTurn = true;
      });
      if (started.ok) return started.value;
      this.#say(spawnRefusal(started.failure));
    } catch (error) {
      if (!this.#over.signal.aborted) this.#say(this.#session.deleted ? CLOSED : messageOf(error));
    }
    return undefined;
  }

  async #exit(): Promise<TerminalExit> {
    try {
      const run = await this.#started;
      // A terminal of an agent has no input.
      run?.input.end();
      const end = await run?.ended;
      this.#ended = true;
      await this.pull();
      if (end === undefined) return this.#over.signal.aborted ? NOT_RUN : FAILED;
      if (end.how !== 'closed') return { exitCode: end.exitCode, signal: null };
      this.#say(CLOSED);
    } catch (error) {
      // What the shell has started could not be ended, or a file not be read.
      this.#ended = true;
      this.#say(messageOf(error));
    }
    return FAILED;
  }

  #say(sentence: string): void {
    this.#output.append(new TextEncoder().encode(`${sentence}\n`));
  }
}

/** In one file the streams keep their order; what is not a POSIX shell cannot open one file twice. */
function filesIn(folder: string, shell: ShellName): CommandFiles {
  const path = (name: string) => join(folder, name);
  const apart = shell === 'cmd' || shell === 'pwsh' || shell === 'powershell';
  const stdout = path(apart ? 'stdout' : 'output');
  return { text: path('command'), stdin: path('stdin'), stdout, stderr: apart ? path('stderr') : stdout };
}
