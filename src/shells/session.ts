/**
 * A named shell that keeps its state from command to command.
 *
 *   stopped ──turn──▶ starting ──▶ running ──end──▶ idle ──turn──▶ running
 *      ▲                  │           │
 *      └───start failed───┴───────────┴──process ended (exit, timeout, a cancel that it does not react to)
 *   any of them ──close──▶ closed
 *
 * Commands take turns in order of arrival. The end of its process costs the session its state, not its name: the next
 * turn gets a new process, which runs the seed and the bootstrap again before the command (session-shell.ts).
 *
 * A session has one bootstrap: the text of the newest command that brought one, from that command's turn on. Before each
 * command it is run if the process has not run it yet, be it the first process or the tenth, and whether or not this
 * command brought it. So a text that comes back after another one is not run twice in one process, and a new process runs
 * the newest alone.
 */
import { appendFileSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { isDirectory } from '../platform/files/directory.ts';
import type { ShellFactory } from './factory.ts';
import { SessionShell } from './session-shell.ts';
import type { CommandEnd, CommandFiles, Seed, ShellInput, ShellKind } from './shell-process.ts';

type State =
  | { readonly at: 'stopped' }
  | { readonly at: 'starting'; readonly shell: Promise<SessionShell> }
  | { readonly at: 'idle'; readonly shell: SessionShell }
  | { readonly at: 'running'; readonly shell: SessionShell }
  | { readonly at: 'closed' };

export interface SessionOptions {
  readonly key: string;
  readonly kind: ShellKind;
  readonly seed: Seed;
  readonly factory: ShellFactory;
  readonly clock: Clock;
  /** Milliseconds an interrupted command has for its end. */
  readonly graceMs: number;
}

export interface SessionCommand {
  readonly files: CommandFiles;
  /** Where the texts of seed and bootstrap go. */
  readonly scratch: (name: string) => string;
  /** Called when the command's turn has come: until then it leaves no trace of having begun. */
  readonly begin: () => void;
  /** What is the session's bootstrap from this command's turn on; undefined: the one it has. */
  readonly bootstrap: Bootstrap | undefined;
}

export interface Bootstrap {
  readonly text: string;
  /** The command is the bootstrap itself: nothing is run before it, and its success means that the process has run the text. */
  readonly isCommand: boolean;
}

/** The folder of the seed is not there: the command was not run. */
export interface SessionFailure {
  readonly reason: 'cwd-missing';
  readonly cwd: string;
}

export type SessionEnd = CommandEnd | { readonly how: 'closed' };

export interface SessionRun {
  readonly process: { readonly pid: number; readonly startTime: string };
  readonly ended: Promise<SessionEnd>;
  readonly input: ShellInput;
  /** Ends the command with all it started: by an interrupt, else with its shell. */
  cancel(): Promise<void>;
  /** Ends the shell with all it started; the session keeps its name. */
  endShell(): Promise<void>;
}

/** Of a command that was ended before it was run: as an interrupted one has it. */
const NOT_RUN: CommandEnd = { how: 'finished', exitCode: 130 };

export class ShellSession {
  readonly key: string;
  readonly kind: ShellKind;
  readonly createdAt: number;
  readonly #options: SessionOptions;
  #state: State = { at: 'stopped' };
  #bootstrap: string | undefined;
  /** Of the commands that have not begun: aborted when they never will. */
  readonly #beginning = new Set<AbortController>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  lastUsedAt = 0;
  /** By the monotonic clock. */
  #idleSince = 0;
  /** Those of the newest command that has begun: the times of stdout and stderr show when output last came. */
  lastFiles: CommandFiles | undefined;

  constructor(options: SessionOptions) {
    this.key = options.key;
    this.kind = options.kind;
    this.#options = options;
    this.#used();
    this.createdAt = this.lastUsedAt;
  }

  get status(): 'running' | 'idle' | 'stopped' {
    switch (this.#state.at) {
      case 'starting':
      case 'running':
        return 'running';
      case 'idle':
        return this.#state.shell.fresh.gone() ? 'stopped' : 'idle';
      case 'stopped':
      case 'closed':
        return 'stopped';
    }
  }

  get deleted(): boolean {
    return this.#state.at === 'closed';
  }

  /** A command runs or waits for its turn. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** For how long; 0 while a command runs or waits. */
  get idleMs(): number {
    return this.busy ? 0 : this.#options.clock.monotonic() - this.#idleSince;
  }

  /** None of its commands has come to run, since no process could be started; and none waits. */
  get unused(): boolean {
    return this.lastFiles === undefined && this.#state.at === 'stopped' && !this.busy;
  }

  /**
   * Resolves when it is this command's turn and it has been started. `acquireSlot` is called when its turn has come, and
   * resolves when it may run. Rejects when cancelled or deleted before.
   */
  async start(
    command: SessionCommand,
    cancelled: AbortSignal,
    acquireSlot: (signal: AbortSignal) => Promise<void>,
  ): Promise<Result<SessionRun, SessionFailure>> {
    this.#waiting += 1;
    this.#used();
    // Not `AbortSignal.any` with one for the session: in Bun 1.4.5 the longer-lived one keeps the others.
    const over = new AbortController();
    cancelled.addEventListener('abort', () => over.abort(), { once: true });
    this.#beginning.add(over);
    const turn = Promise.withResolvers<void>();
    const before = this.#lastTurn;
    this.#lastTurn = turn.promise;
    const leave = () => {
      this.#waiting -= 1;
      this.#used();
      turn.resolve();
    };
    try {
      await before;
      over.signal.throwIfAborted();
      await acquireSlot(over.signal);
      const begun = await this.#begin(command, over.signal, leave);
      if (!begun.ok) leave();
      return begun;
    } catch (error) {
      leave();
      throw error;
    } finally {
      this.#beginning.delete(over);
    }
  }

  /** Ends the shell with all it started; a command that runs ends as `closed`. */
  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { at: 'closed' };
    for (const over of this.#beginning) over.abort();
    if (state.at === 'starting')
      await state.shell.then(
        ({ fresh }) => fresh.end(),
        () => undefined,
      );
    if (state.at === 'idle' || state.at === 'running') await state.shell.fresh.end();
  }

  #used(): void {
    this.lastUsedAt = this.#options.clock.now();
    this.#idleSince = this.#options.clock.monotonic();
  }

  async #begin(
    command: SessionCommand,
    over: AbortSignal,
    leave: () => void,
  ): Promise<Result<SessionRun, SessionFailure>> {
    if (command.bootstrap !== undefined) this.#bootstrap = command.bootstrap.text;
    const found = await this.#shell(over);
    if (!found.ok) return found;
    const shell = found.value;
    const { fresh } = shell;
    // Whatever of the next two fails, on a full disk say: the shell is there for the next command.
    this.#state = { at: 'idle', shell };
    command.begin();
    const input = fresh.shell.openInput(command.files);
    this.#state = { at: 'running', shell };
    this.lastFiles = command.files;
    let stopping = false;
    const performed = this.#perform(shell, command, () => stopping || this.deleted);
    const failed = (error: unknown) => this.#abandon(shell, command, error);
    const settle = async (): Promise<SessionEnd> => {
      let finished = false;
      try {
        const end = await performed.catch(failed).finally(() => input[Symbol.dispose]());
        if (end.how === 'shell-exited' && !this.deleted) await fresh.end();
        finished = end.how === 'finished';
        return this.deleted ? { how: 'closed' } : end;
      } finally {
        // Also when what the shell has started could not be ended: the next command must not wait for ever.
        if (!this.deleted) this.#state = finished ? { at: 'idle', shell } : { at: 'stopped' };
        leave();
      }
    };
    const ended = settle();
    const endShell = async (): Promise<void> => {
      stopping = true;
      await fresh.end();
      await ended;
    };
    return ok({
      process: fresh.shell.process.identity,
      ended,
      input,
      endShell,
      cancel: async () => {
        stopping = true;
        const interrupted = await fresh.shell.interrupt?.(this.#options.graceMs);
        await (interrupted === true ? ended : endShell());
      },
    });
  }

  /** What the process lacks of seed and bootstrap, then the command. */
  async #perform(shell: SessionShell, command: SessionCommand, stopped: () => boolean): Promise<CommandEnd> {
    const { files, scratch, bootstrap } = command;
    const own = bootstrap?.isCommand === true ? bootstrap.text : undefined;
    const failure = await shell.prepare({
      seedText: this.kind.seedText(shell.fresh.seed),
      bootstrap: own === undefined ? this.#bootstrap : undefined,
      stderr: files.stderr,
      scratch,
      stopped,
    });
    if (failure !== undefined) return failure;
    if (stopped()) return NOT_RUN;
    const end = await shell.fresh.shell.run(files);
    if (own !== undefined && end.exitCode === 0 && !stopped()) shell.noteBootstrap(own);
    return end;
  }

  /** What a command needs could not be written or opened: its shell may be in any state. */
  async #abandon({ fresh }: SessionShell, { files }: SessionCommand, error: unknown): Promise<CommandEnd> {
    try {
      appendFileSync(files.stderr, `the command could not be run: ${messageOf(error)}\n`);
    } catch {
      // For the same reason, most likely; the job's warnings say that the disk is full.
    }
    await fresh.end();
    return { how: 'shell-exited', exitCode: 1 };
  }

  /** The shell that is there, or a new one. */
  async #shell(over: AbortSignal): Promise<Result<SessionShell, SessionFailure>> {
    over.throwIfAborted();
    const { kind, seed, factory } = this.#options;
    const idle = this.#state.at === 'idle' ? this.#state.shell : undefined;
    const alive = idle?.fresh.gone() === false ? idle : undefined;
    if (alive?.ready === true) return ok(alive);
    if (!isDirectory(seed.workdir)) return fail({ reason: 'cwd-missing', cwd: seed.workdir });
    if (alive !== undefined) return ok(alive);
    // Ended while it was idle: what it has left behind is ended too, and a new one takes its place.
    await idle?.fresh.end();
    over.throwIfAborted();
    const starting = factory.fresh(kind, seed).then((fresh) => new SessionShell(fresh));
    this.#state = { at: 'starting', shell: starting };
    let shell: SessionShell;
    try {
      shell = await starting;
    } catch (error) {
      if (!this.deleted) this.#state = { at: 'stopped' };
      throw new Error(`${kind.name} could not be started: ${messageOf(error)}`, { cause: error });
    }
    // It is kept for the next command, unless the session was closed, which ends it.
    if (over.aborted && !this.deleted) this.#state = { at: 'idle', shell };
    over.throwIfAborted();
    return ok(shell);
  }
}
