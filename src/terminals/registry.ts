/** The terminals of this server: names, limits, and what of them is kept. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/failure.ts';
import { JOB_ID_PATTERN, newJobId } from '../core/id.ts';
import type { Processes } from '../platform/process.ts';
import { openPty } from '../platform/pty-open.ts';
import type { Pty, PtyFailure, PtyRequest } from '../platform/pty.ts';
import { terminalShells } from '../platform/terminal-shell.ts';
import { clampSize, DEFAULT_SIZE } from './size.ts';
import { Terminal, type TerminalKind } from './terminal.ts';

const PRUNE_EVERY_MS = 1000;
const KEEP_EXITED = 32;

export interface TerminalsOptions {
  readonly dataPath: string;
  /** For ending what a killed server has left behind. */
  readonly processes: Processes;
  /** The server's environment without what a child must not see. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Where a terminal begins that names no `workdir`. */
  readonly cwd: string;
  /** Terminals running at once, by kind. */
  readonly limits: Readonly<Record<TerminalKind, number>>;
  /** Milliseconds without socket, input or output after which a kept terminal is ended; 0: never. */
  readonly keepMs: number;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
  readonly clock: Clock;
  /** How a PTY is opened; a test may have its own way. */
  readonly open?: (request: PtyRequest) => Result<Pty, PtyFailure>;
}

export interface TerminalRequest {
  readonly kind: TerminalKind;
  readonly name?: string | undefined;
  /** A path, or a name to be looked up in PATH. */
  readonly shell?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  /** Laid over the server's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cols?: number | undefined;
  readonly rows?: number | undefined;
}

export type OpenFailure =
  | { readonly reason: 'too-many-terminals'; readonly limit: number }
  | { readonly reason: 'name-taken'; readonly name: string }
  | { readonly reason: 'workdir-missing'; readonly workdir: string }
  | { readonly reason: 'path-refused'; readonly path: string }
  | { readonly reason: 'batch-arguments'; readonly shell: string }
  | { readonly reason: 'shell-missing'; readonly shell: string }
  | { readonly reason: 'shell-failed'; readonly detail: string };

export class Terminals implements AsyncDisposable {
  readonly #options: TerminalsOptions;
  readonly #root: string;
  readonly #terminals = new Map<string, Terminal>();
  /** Deleted, with something of them still running. */
  readonly #ending = new Set<Promise<void>>();
  readonly #pruning: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  private constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#root = join(options.dataPath, 'terminals');
    if (options.keepMs > 0) {
      this.#pruning = setInterval(() => void this.prune(), Math.min(PRUNE_EVERY_MS, options.keepMs));
      this.#pruning.unref();
    }
  }

  /** Ends what a server that was killed has left behind. */
  static async open(options: TerminalsOptions): Promise<Terminals> {
    const terminals = new Terminals(options);
    mkdirSync(terminals.#root, { recursive: true, mode: 0o700 });
    const left = readdirSync(terminals.#root).filter((name) => JOB_ID_PATTERN.test(name));
    await Promise.all(left.map((id) => terminals.#endLeftover(id)));
    return terminals;
  }

  /** Whether this machine can have terminals. */
  get supported(): boolean {
    return this.#chooseShell(undefined, this.#options.baseEnv, this.#options.cwd) !== undefined;
  }

  /** Running ones, of both kinds. */
  get count(): number {
    return this.#running().length;
  }

  open(request: TerminalRequest): Result<Terminal, OpenFailure> {
    const { baseEnv, cwd, limits, clock, open = openPty } = this.#options;
    const { kind, name } = request;
    if (this.#closed) return fail({ reason: 'shell-failed', detail: 'the server is going down' });
    const limit = limits[kind];
    if (this.#running().filter((one) => one.kind === kind).length >= limit)
      return fail({ reason: 'too-many-terminals', limit });
    if (name !== undefined && this.get(name) !== undefined) return fail({ reason: 'name-taken', name });
    const workdir = resolve(cwd, request.workdir ?? '');
    const env = { ...baseEnv, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...request.env };
    const program = this.#chooseShell(request.shell, env, workdir);
    if (program === undefined) return fail({ reason: 'shell-missing', shell: request.shell ?? 'any shell' });
    const id = newJobId();
    const size = clampSize(request.cols, request.rows, DEFAULT_SIZE);
    const folder = join(this.#root, id);
    mkdirSync(folder, { mode: 0o700 });
    let failure: PtyFailure | undefined;
    try {
      const terminal = new Terminal({ id, name, kind, shell: request.shell ?? program }, size, clock, (output) => {
        const argv = [program, ...(request.args ?? [])] as const;
        const opened = open({ argv, cwd: workdir, env, ...size, treeId: id, output });
        if (opened.ok) return opened.value;
        failure = opened.failure;
        throw new Error(failure.reason);
      });
      this.#terminals.set(id, terminal);
      void terminal.exited.then(() => this.#exited(terminal));
      return ok(terminal);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      if (failure === undefined) throw error;
      return fail(openFailure(failure, request.workdir ?? workdir, request.shell ?? program));
    }
  }

  get(idOrName: string): Terminal | undefined {
    return this.#terminals.get(idOrName) ?? this.list().find(({ name }) => name === idOrName);
  }

  /** Oldest first. */
  list(): Terminal[] {
    return [...this.#terminals.values()];
  }

  /** Ends it with all it started and forgets it; false when there is no such terminal. */
  async delete(idOrName: string): Promise<boolean> {
    const terminal = this.get(idOrName);
    if (terminal === undefined) return false;
    this.#terminals.delete(terminal.id);
    const ending = this.#end(terminal).then(() => terminal.release());
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
    return true;
  }

  /** Ends kept terminals that nobody has used for too long; their records stay. */
  async prune(): Promise<void> {
    const oldest = this.#options.clock.now() - this.#options.keepMs;
    const idle = this.#running().filter((one) => one.kind === 'kept' && one.lastUsedAt <= oldest);
    await Promise.all(idle.map((terminal) => this.#end(terminal)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearInterval(this.#pruning);
    await Promise.all([...this.#running().map((terminal) => this.#end(terminal)), ...this.#ending]);
    for (const terminal of this.list()) terminal.release();
  }

  #running(): Terminal[] {
    return this.list().filter(({ status }) => status === 'running');
  }

  async #end(terminal: Terminal): Promise<void> {
    await terminal.end(this.#options.graceMs);
    this.#removeFolder(terminal.id);
  }

  #exited(terminal: Terminal): void {
    this.#removeFolder(terminal.id);
    const exited = this.list().filter(({ status }) => status === 'exited');
    for (const old of exited.slice(0, -KEEP_EXITED)) {
      this.#terminals.delete(old.id);
      old.release();
    }
  }

  #chooseShell(shell: string | undefined, env: Readonly<Record<string, string>>, cwd: string): string | undefined {
    const which = (program: string) => Bun.which(program, { PATH: env['PATH'] ?? '', cwd }) ?? undefined;
    if (shell !== undefined) return which(shell);
    for (const candidate of terminalShells(env)) {
      const found = which(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #removeFolder(id: string): void {
    rmSync(join(this.#root, id), { recursive: true, force: true });
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
  }
}
