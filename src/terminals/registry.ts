/** The terminals of this server: their names, their limits, and how long their records are kept. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { ID_PATTERN, newId } from '../core/id.ts';
import { silentLog, type Log } from '../core/log.ts';
import type { Processes } from '../platform/process/process.ts';
import { createPtyOpener } from '../platform/pty/index.ts';
import type { EngineName, OpenPty, PtyFailure } from '../platform/pty/pty.ts';
import { Executions } from './execute.ts';
import { ShellIntegration } from './integration/shell-integration.ts';
import type { Marks } from './marks.ts';
import { programOf, type Program, type RequestFailure, type TerminalRequest } from './request.ts';
import { answerWhenAlone } from './screen-answers.ts';
import { Screens } from './screen.ts';
import { clampSize, DEFAULT_SIZE } from './size.ts';
import { Terminal, type TerminalKind } from './terminal.ts';

export type { TerminalRequest } from './request.ts';

const PRUNE_EVERY_MS = 1000;
/** Terminals that have exited and whose record and output are still there. */
const KEEP_EXITED = 32;

export interface TerminalsOptions {
  readonly dataPath: string;
  /** For ending what a killed server has left behind. */
  readonly processes: Processes;
  /** The server's environment without what a child must not see. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Working directory of a terminal that names none. */
  readonly cwd: string;
  /** Shell of a terminal that names none; default: the platform's own choice. */
  readonly shell?: string | undefined;
  /** Terminals running at once, by kind. */
  readonly limits: Readonly<Record<TerminalKind, number>>;
  /** Milliseconds without socket, input or output after which a kept terminal is ended; 0: never. */
  readonly keepMs: number;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
  readonly clock: Clock;
  /** What opens PTYs; default: `bun`. */
  readonly ptyEngine?: EngineName | undefined;
  /** Default: none. */
  readonly log?: Log | undefined;
}

export type OpenFailure =
  | RequestFailure
  | { readonly reason: 'too-many-terminals'; readonly limit: number }
  | { readonly reason: 'name-taken'; readonly name: string }
  | { readonly reason: 'shutting-down' }
  | { readonly reason: 'workdir-missing'; readonly workdir: string }
  | { readonly reason: 'shell-failed'; readonly detail: string }
  | { readonly reason: 'not-stored'; readonly detail: string }
  | { readonly reason: 'system-refused'; readonly detail: string };

export class Terminals implements AsyncDisposable {
  readonly screens: Screens;
  readonly executions: Executions;
  /** Whether this machine can have terminals. */
  readonly supported: boolean;
  readonly #options: TerminalsOptions;
  readonly #root: string;
  readonly #integration: ShellIntegration;
  readonly #openPty: OpenPty;
  readonly #log: Log;
  readonly #terminals = new Map<string, Terminal>();
  /** In the order of their exits. */
  readonly #exited = new Set<Terminal>();
  /** Deleted while something in them still runs: they count until that has ended. */
  readonly #ending = new Map<Terminal, Promise<void>>();
  readonly #pruning: ReturnType<typeof setInterval> | undefined;
  /** What terminals that are forgotten had printed, in bytes. */
  #pastBytes = 0;
  #closed = false;

  private constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#root = join(options.dataPath, 'terminals');
    this.screens = new Screens(options.clock);
    this.executions = new Executions(this.screens, options.clock);
    this.#integration = new ShellIntegration(this.#root);
    const { shell, baseEnv, cwd, ptyEngine: engine = 'bun', log = silentLog } = options;
    this.#log = log;
    this.#openPty = createPtyOpener({ engine, libraryFolder: join(this.#root, 'bun-pty'), log });
    this.supported = programOf({ kind: 'kept', shell }, baseEnv, cwd).ok;
    if (options.keepMs > 0) {
      this.#pruning = setInterval(() => void this.prune(), Math.min(PRUNE_EVERY_MS, options.keepMs));
      this.#pruning.unref();
    }
  }

  /** Ends what a server that was killed has left behind. */
  static async open(options: TerminalsOptions): Promise<Terminals> {
    const terminals = new Terminals(options);
    mkdirSync(terminals.#root, { recursive: true, mode: 0o700 });
    const left = readdirSync(terminals.#root).filter((name) => ID_PATTERN.test(name));
    await Promise.all(left.map((id) => terminals.#endLeftover(id)));
    return terminals;
  }

  /** Running ones, of both kinds. */
  get count(): number {
    return this.#running().length;
  }

  /** Bytes that all terminals have printed since the start of the server. */
  get outputBytes(): number {
    return this.list().reduce((sum, { bytes }) => sum + bytes, this.#pastBytes);
  }

  open(request: TerminalRequest): Result<Terminal, OpenFailure> {
    const { baseEnv, cwd, limits } = this.#options;
    const { kind, name } = request;
    if (this.#closed) return fail({ reason: 'shutting-down' });
    const limit = limits[kind];
    if (this.#running().filter((one) => one.kind === kind).length >= limit)
      return fail({ reason: 'too-many-terminals', limit });
    if (name !== undefined && this.get(name) !== undefined) return fail({ reason: 'name-taken', name });
    const program = programOf({ ...request, shell: request.shell ?? this.#options.shell }, baseEnv, cwd);
    return program.ok ? this.#start(request, program.value) : program;
  }

  get(idOrName: string): Terminal | undefined {
    return this.#terminals.get(idOrName) ?? this.list().find(({ name }) => name === idOrName);
  }

  /** Oldest first. */
  list(): Terminal[] {
    return [...this.#terminals.values()];
  }

  /** Ends it with all it started and forgets it; false when there is no such terminal. Where that rejects it is kept. */
  async delete(idOrName: string): Promise<boolean> {
    const terminal = this.get(idOrName);
    if (terminal === undefined) return false;
    const forgotten = terminal.bytes;
    this.#forget(terminal);
    const ending = this.#end(terminal);
    this.#ending.set(terminal, ending);
    try {
      await ending;
    } catch (error) {
      this.#pastBytes -= forgotten;
      this.#terminals.set(terminal.id, terminal);
      // Its exit may have come while it was forgotten.
      if (terminal.status === 'exited') this.#keepExited(terminal);
      throw error;
    } finally {
      this.#ending.delete(terminal);
    }
    terminal.release();
    return true;
  }

  /** Opens no terminals from now on. */
  drain(): void {
    this.#closed = true;
  }

  /** The server does not go down after all. */
  resume(): void {
    this.#closed = false;
  }

  /** Ends kept terminals that have been unused for too long; their records stay. */
  async prune(): Promise<void> {
    const idle = this.#running().filter((one) => one.kind === 'kept' && one.idle.unusedMs >= this.#options.keepMs);
    await Promise.all(idle.map((terminal) => this.#tryToEnd(terminal)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drain();
    clearInterval(this.#pruning);
    await Promise.all(this.#running().map((terminal) => this.#tryToEnd(terminal)));
    await Promise.allSettled(this.#ending.values());
    for (const terminal of this.list()) terminal.release();
    this.screens[Symbol.dispose]();
  }

  #start(request: TerminalRequest, program: Program): Result<Terminal, OpenFailure> {
    const { clock } = this.#options;
    const { kind, name, workdir = program.cwd, shell = program.argv[0] } = request;
    const id = newId();
    const size = clampSize(request.cols, request.rows, DEFAULT_SIZE);
    // Made before the program starts, so that the next server finds it if this one is killed.
    try {
      mkdirSync(join(this.#root, id), { mode: 0o700 });
    } catch (error) {
      return fail({ reason: 'not-stored', detail: messageOf(error) });
    }
    const { marks, start } = this.#markedStart(kind, program);
    const pty = this.#openPty({ ...start, ...size, treeId: id });
    if (!pty.ok) {
      this.#removeFolder(id);
      return fail(openFailure(pty.failure, workdir, shell));
    }
    const terminal = new Terminal({ id, name, kind, shell, size, clock, pty: pty.value, marks });
    if (kind === 'kept') answerWhenAlone(terminal, this.screens);
    this.#terminals.set(id, terminal);
    void terminal.exited.then(() => this.#noteExit(terminal));
    return ok(terminal);
  }

  /** The shell of a kept terminal marks its commands for programs; an inherited socket gets the plain shell it always got. */
  #markedStart(kind: TerminalKind, program: Program): { readonly start: Program; readonly marks: Marks | undefined } {
    const marked = kind === 'kept' ? this.#integration.mark(program) : undefined;
    return marked ?? { start: program, marks: undefined };
  }

  #running(): Terminal[] {
    return [...this.#terminals.values(), ...this.#ending.keys()].filter(({ status }) => status === 'running');
  }

  async #end(terminal: Terminal): Promise<void> {
    await terminal.end(this.#options.graceMs);
    this.#removeFolder(terminal.id);
  }

  /** A failure is logged: who ends terminals on its own has no caller to report it to. */
  async #tryToEnd(terminal: Terminal): Promise<void> {
    try {
      await this.#end(terminal);
    } catch (error) {
      this.#log.error('a terminal could not be ended', { terminal: terminal.id, detail: messageOf(error) });
    }
  }

  #noteExit(terminal: Terminal): void {
    // One that is being ended keeps its folder until its whole tree is gone.
    if (!this.#terminals.has(terminal.id)) return;
    this.#removeFolder(terminal.id);
    this.#keepExited(terminal);
  }

  /** The last few are. */
  #keepExited(terminal: Terminal): void {
    this.#exited.add(terminal);
    for (const old of [...this.#exited].slice(0, -KEEP_EXITED)) {
      this.#forget(old);
      old.release();
    }
  }

  #forget(terminal: Terminal): void {
    if (this.#terminals.delete(terminal.id)) this.#pastBytes += terminal.bytes;
    this.#exited.delete(terminal);
  }

  /** One that stays is removed by the next start. */
  #removeFolder(id: string): void {
    try {
      rmSync(join(this.#root, id), { recursive: true, force: true });
    } catch (error) {
      this.#log.warn('the folder of a terminal could not be removed', { terminal: id, detail: messageOf(error) });
    }
  }

  async #endLeftover(id: string): Promise<void> {
    const { processes, graceMs } = this.#options;
    const folder = join(this.#root, id);
    const left = await processes.adopt({
      identity: undefined,
      inputPath: join(folder, 'stdin'),
      exitPath: join(folder, 'exit'),
      treeId: id,
    });
    await left.endTree(graceMs);
    left.release();
    this.#removeFolder(id);
  }
}

function openFailure(failure: PtyFailure, workdir: string, shell: string): OpenFailure {
  switch (failure.reason) {
    case 'cwd-missing':
      return { reason: 'workdir-missing', workdir };
    case 'program-missing':
      return { reason: 'shell-missing', shell };
    case 'spawn-refused':
      return { reason: 'shell-failed', detail: failure.detail };
    case 'system-refused':
      return failure;
  }
}
