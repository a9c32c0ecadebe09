/**
 * A named shell that keeps its state from command to command.
 *
 *   stopped ──turn──▶ starting ──▶ running ──end──▶ idle ──turn──▶ running
 *      ▲                  │           │
 *      └───start failed───┴───────────┴──shell gone (exit, timeout, a cancel that it withstands)
 *   any of them ──close──▶ closed
 *
 * Commands take turns in order of arrival. A shell that has gone costs the session its process, not
 * its name: the next turn gets a new process, the seed again, then the bootstrap.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { FreshShell, ShellFactory } from './factory.ts';
import type { CommandEnd, CommandFiles, Seed, ShellInput, ShellKind } from './shell-process.ts';

type State =
  | { readonly at: 'stopped' }
  | { readonly at: 'starting'; readonly fresh: Promise<FreshShell> }
  /** Not prepared: neither seed nor bootstrap has been run, because the command it was started for was cancelled. */
  | { readonly at: 'idle'; readonly fresh: FreshShell; readonly prepared: boolean }
  | { readonly at: 'running'; readonly fresh: FreshShell }
  | { readonly at: 'closed' };

export interface SessionOptions {
  readonly key: string;
  readonly kind: ShellKind;
  readonly seed: Seed;
  readonly serverCwd: string;
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
  /** The command already is the bootstrap: it is not run before itself. */
  readonly isBootstrap: boolean;
  /** What the session is to replay from this command's turn on; undefined: what it has. */
  readonly bootstrap: string | undefined;
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

/** Above are the codes of shells that died of a signal. */
const HIGHEST_OWN_CODE = 128;

export class ShellSession {
  readonly key: string;
  readonly kind: ShellKind;
  readonly createdAt: number;
  readonly #options: SessionOptions;
  #state: State = { at: 'stopped' };
  #bootstrap: string | undefined;
  /** A process of this session has gone before: the next one takes its place. */
  #hadShell = false;
  /** Of the commands that have not begun: what tells them that they never will. */
  readonly #beginning = new Set<AbortController>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  lastUsedAt: number;
  /** stdout and stderr of the newest command: their times tell when output last came. */
  lastFiles: CommandFiles | undefined;

  constructor(options: SessionOptions) {
    this.key = options.key;
    this.kind = options.kind;
    this.#options = options;
    this.createdAt = this.lastUsedAt = options.clock.now();
  }

  get status(): 'running' | 'idle' | 'stopped' {
    switch (this.#state.at) {
      case 'starting':
      case 'running':
        return 'running';
      case 'idle':
        return this.#state.fresh.gone() ? 'stopped' : 'idle';
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

  /**
   * Resolves when it is this command's turn and it has been started. `place` is asked when its turn has come, and
   * resolves when it may run. Rejects when cancelled or deleted before.
   */
  async start(
    command: SessionCommand,
    cancelled: AbortSignal,
    place: (signal: AbortSignal) => Promise<void>,
  ): Promise<SessionRun> {
    this.#waiting += 1;
    this.lastUsedAt = this.#options.clock.now();
    // Not `AbortSignal.any` with one for the session: in Bun 1.4.5 the longer-lived one keeps the others.
    const over = new AbortController();
    cancelled.addEventListener('abort', () => over.abort(), { once: true });
    this.#beginning.add(over);
    const turn = Promise.withResolvers<void>();
    const before = this.#lastTurn;
    this.#lastTurn = turn.promise;
    const leave = () => {
      this.#waiting -= 1;
      this.lastUsedAt = this.#options.clock.now();
      turn.resolve();
    };
    try {
      await before;
      over.signal.throwIfAborted();
      await place(over.signal);
      return await this.#begin(command, over.signal, leave);
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
      await state.fresh.then(
        (fresh) => fresh.end(),
        () => undefined,
      );
    if (state.at === 'idle' || state.at === 'running') await state.fresh.end();
  }

  async #begin(command: SessionCommand, over: AbortSignal, leave: () => void): Promise<SessionRun> {
    if (command.bootstrap !== undefined) this.#bootstrap = command.bootstrap;
    const { fresh, isNew } = await this.#shell(over);
    const { process } = fresh.shell;
    // Whatever of the next two fails, on a full disk say: the shell is there for the next command.
    this.#state = { at: 'idle', fresh, prepared: !isNew };
    command.begin();
    const input = fresh.shell.openInput(command.files);
    this.#state = { at: 'running', fresh };
    this.lastFiles = command.files;
    let preparing = isNew;
    const run = (): Promise<CommandEnd> => {
      preparing = false;
      return fresh.shell.run(command.files);
    };
    const prepared = isNew ? this.#prepare(fresh, command) : undefined;
    const performed = prepared?.then((end) => end ?? run()) ?? run();
    const failed = (error: unknown) => this.#abandon(fresh, command, error);
    const ended = performed.catch(failed).then(async (end): Promise<SessionEnd> => {
      input[Symbol.dispose]();
      if (end.how === 'shell-exited' && !this.deleted) await fresh.end();
      const closed = this.deleted;
      if (!closed) this.#state = end.how === 'finished' ? { at: 'idle', fresh, prepared: true } : { at: 'stopped' };
      leave();
      return closed ? { how: 'closed' } : end;
    });
    const endShell = async (): Promise<void> => {
      await fresh.end();
      await ended;
    };
    return {
      process: process.identity,
      ended,
      input,
      endShell,
      cancel: async () => {
        // Of a shell that is only half what it is to be nothing is worth keeping.
        const interrupted = preparing ? false : await fresh.shell.interrupt?.(this.#options.graceMs);
        await (interrupted === true ? ended : endShell());
      },
    };
  }

  /** What a command needs could not be written or opened: nobody knows what state its shell is in. */
  async #abandon(fresh: FreshShell, { files }: SessionCommand, error: unknown): Promise<CommandEnd> {
    try {
      appendFileSync(files.stderr, `the command could not be run: ${messageOf(error)}\n`);
    } catch {
      // The same trouble again, most likely; the job says in its warnings that the disk is full.
    }
    await fresh.end();
    return { how: 'shell-exited', exitCode: 1 };
  }

  /** The shell that is there, or a new one. */
  async #shell(over: AbortSignal): Promise<{ fresh: FreshShell; isNew: boolean }> {
    over.throwIfAborted();
    if (this.#state.at === 'idle') {
      const { fresh, prepared } = this.#state;
      if (!fresh.gone()) return { fresh, isNew: !prepared };
      // Killed while nobody used it: what it left goes too, and a new one takes its place.
      await fresh.end();
      over.throwIfAborted();
    }
    const { kind, seed, factory } = this.#options;
    const starting = factory.fresh(kind, seed);
    this.#state = { at: 'starting', fresh: starting };
    let fresh: FreshShell;
    try {
      fresh = await starting;
    } catch (error) {
      if (!this.deleted) this.#state = { at: 'stopped' };
      throw new Error(`${kind.name} could not be started: ${messageOf(error)}`, { cause: error });
    }
    // It is kept for the next command, unless the session is gone: who closed it ends it.
    if (over.aborted && !this.deleted) this.#state = { at: 'idle', fresh, prepared: false };
    over.throwIfAborted();
    return { fresh, isNew: true };
  }

  /** Seed and, in a process that took the place of another, bootstrap; what ends the command before it is run. */
  async #prepare(fresh: FreshShell, { files, scratch, isBootstrap }: SessionCommand): Promise<CommandEnd | undefined> {
    const runAside = (name: string, text: string): Promise<CommandEnd> => {
      writeFileSync(scratch(name), text, { mode: 0o600 });
      // What these print is discarded; what they complain about is for the command's caller to read.
      return fresh.shell.run({ text: scratch(name), stdin: devNull, stdout: devNull, stderr: files.stderr });
    };
    const seeded = await runAside('seed', this.#options.kind.seedText(fresh.seed, this.#options.serverCwd));
    if (seeded.how === 'shell-exited') return seeded;
    const replay = this.#hadShell && !isBootstrap ? this.#bootstrap : undefined;
    this.#hadShell = true;
    if (replay === undefined) return undefined;
    const { how, exitCode } = await runAside('bootstrap', replay);
    if (how === 'finished' && exitCode === 0) return undefined;
    // Of a shell that was ended from outside, by a timeout say, the job itself tells.
    if (how === 'finished' || exitCode <= HIGHEST_OWN_CODE) {
      const what = how === 'finished' ? 'failed' : 'ended the shell';
      appendFileSync(
        files.stderr,
        `the session's bootstrap ${what} with exit code ${exitCode}; the command was not run\n`,
      );
    }
    // The next command tries the bootstrap again, in a new process.
    await fresh.end();
    return { how: 'shell-exited', exitCode: exitCode === 0 ? 1 : exitCode };
  }
}
