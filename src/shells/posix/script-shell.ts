/**
 * bash, zsh and sh, kept alive without any protocol in their own streams.
 *
 *   server ──lines──▶ FIFO that the shell reads as its script
 *   shell  ──file name──▶ `ends/<token>.<status>`, made by a bare redirection
 *
 * The shell's script is a FIFO, so it runs each line when it arrives, at top level, and its stdin is
 * free. A command is a file that the shell sources with all three streams redirected to the job's
 * own files: output passes neither through us nor through a parser, cannot be mistaken for an end
 * mark, and what is left in the background goes on writing where it should.
 *
 * The end is reported by a redirection without a command's name, `>ends/TOKEN.$?`: the one thing that no
 * function, alias or builtin can get in the way of. What else the next command is to find is in that name, too.
 *
 *   running ──end reported──▶ idle
 *      └──interrupt──▶ giving up ──`passed` reported──▶ idle
 *
 * A command that was interrupted is over when the shell has run a further line of ours: whatever the
 * interrupt did or came too late for, none of it is left for the next command.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { secureRandom } from '../../core/id.ts';
import { createNamedPipe } from '../../platform/pipes/index.ts';
import type { NamedPipe } from '../../platform/pipes/pipes.ts';
import type { ExitResult, Launched, Launcher, StartedSince } from '../../platform/process/process.ts';
import { sendSignal } from '../../platform/process/send-signal.ts';
import { quote } from '../../platform/programs/shell-quote.ts';
import type { CommandEnd, CommandFiles, ShellKind, ShellProcess, ShellStart } from '../shell-process.ts';
import { discard, startShell } from '../start-shell.ts';
import { INTERRUPTED, NOTHING_CARRIED, type CarriedState } from './carried-state.ts';
import type { Dialect } from './dialects.ts';
import { EndReports, type WatchFolder } from './end-reports.ts';

/** A shell that has not run its first line by then will not run any. */
const START_TIMEOUT_MS = 30_000;
/** How soon a shell is interrupted again, and then less and less often: it may not have begun with the command. */
const FIRST_PAUSE_MS = 50;

/** What the shell has been given to do. */
interface Turn {
  /** Names the command in the report of its end. */
  readonly token: string;
  /** What the command has started. */
  readonly started: StartedSince | undefined;
  readonly over: Promise<CommandEnd>;
  readonly settle: (end: CommandEnd) => void;
  /** Present when it was interrupted; reported when no interrupt is on its way any more. */
  passed?: { readonly token: string; readonly graceMs: number };
}

export function scriptShell(dialect: Dialect, path: string, launcher: Launcher, watchFolder?: WatchFolder): ShellKind {
  return {
    name: dialect.name,
    path,
    // Each of these shells has names of its own that it sets itself or lets nobody set, such as UID and zsh's `path`, and a
    // process of one takes no longer to start than a command.
    canSet: () => false,
    start: (request) => start(dialect, path, launcher, request, watchFolder),
    // OLDPWD would be our private folder.
    seedText: ({ workdir }) => `${dialect.builtin}cd ${quote(workdir)} && ${dialect.builtin}unset OLDPWD\n`,
  };
}

async function start(
  dialect: Dialect,
  path: string,
  launcher: Launcher,
  { folder, env, treeId }: ShellStart,
  watchFolder: WatchFolder | undefined,
): Promise<ShellProcess> {
  const ends = join(folder, 'ends');
  mkdirSync(ends, { mode: 0o700 });
  // Named after the shell and started from its folder: $0 is then what it is everywhere else.
  const script = createNamedPipe(join(folder, dialect.name));
  const argv = [path, ...dialect.options, dialect.name];
  const request = { argv, cwd: folder, env, treeId, inputPath: undefined };
  try {
    return await startShell(launcher, request, START_TIMEOUT_MS, async (launched) => {
      const shell = new ScriptShell(dialect, launched, script, ends, watchFolder);
      await shell.prepare();
      return shell;
    });
  } catch (error) {
    script[Symbol.dispose]();
    throw error;
  }
}

class ScriptShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #dialect: Dialect;
  readonly #ends: string;
  readonly #reports: EndReports;
  readonly #script: NamedPipe;
  readonly #trackStarted: Launched['trackStarted'];
  #interruptible = false;
  #gone = false;
  #turn: Turn | undefined;
  #carried: CarriedState = NOTHING_CARRIED;

  constructor(
    dialect: Dialect,
    { process, stdout, stderr, trackStarted }: Launched,
    script: NamedPipe,
    ends: string,
    watchFolder: WatchFolder | undefined,
  ) {
    this.#dialect = dialect;
    this.process = process;
    this.#ends = ends;
    this.#script = script;
    this.#trackStarted = trackStarted;
    // Only what the shell itself prints between two commands.
    void discard(stdout);
    void discard(stderr);
    this.#reports = new EndReports(ends, (name) => this.#reported(name), watchFolder);
    void process.exited.then((exit) => {
      this.#gone = true;
      this.#reports[Symbol.dispose]();
      script[Symbol.dispose]();
      this.#settle(endOf(exit));
    });
  }

  /** To be called once, before the first command. */
  async prepare(): Promise<void> {
    const { preamble, cannotInterrupt } = this.#dialect;
    const ready = await this.#perform((end) => `${preamble}${this.#report(end, cannotInterrupt)}`);
    this.#interruptible = ready.exitCode === 0;
  }

  openInput(files: CommandFiles): NamedPipe {
    return createNamedPipe(files.stdin);
  }

  run(files: CommandFiles): Promise<CommandEnd> {
    // The last first: what is wrong with the others is told there.
    const text = `${quote(files.text)} 2>>${quote(files.stderr)} <${quote(files.stdin)} >>${quote(files.stdout)}`;
    return this.#perform((end) => this.#dialect.lines({ text, end, carried: this.#carried }));
  }

  async interrupt(graceMs: number): Promise<boolean> {
    const turn = this.#turn;
    if (turn === undefined) return true;
    if (!this.#interruptible) return false;
    const deadline = performance.now() + graceMs;
    const passed = newToken();
    turn.passed = { token: passed, graceMs };
    const over = turn.over.then(() => true);
    for (let pause = FIRST_PAUSE_MS; ; pause *= 1.5) {
      // In the pipe before the signal: it comes after whatever is left of the command. Each time, since zsh now and
      // then throws away what it has read ahead.
      await this.#script.write(encode(`${this.#dialect.recover}${this.#report(this.#endOf(passed))}`));
      // The shell first: what ends of the command's processes must not let it go on with the next of them.
      if (!this.#gone) sendSignal(this.process.identity.pid, 'SIGURG');
      await turn.started?.interrupt();
      const left = Math.max(0, deadline - performance.now());
      if (await Promise.race([over, Bun.sleep(Math.min(pause, left)).then(() => false)])) return true;
      if (performance.now() >= deadline) return false;
    }
  }

  /** Gives the shell these lines; `end` is what a file that reports the end is named, but for the status. */
  async #perform(lines: (end: string) => string): Promise<CommandEnd> {
    const token = newToken();
    const { promise: over, resolve: settle } = Promise.withResolvers<CommandEnd>();
    const turn: Turn = { token, over, settle, started: this.#trackStarted?.() };
    this.#turn = turn;
    this.#reports.expect();
    // Its end says nothing of these lines, which it has never read.
    if ((await this.#script.write(encode(lines(this.#endOf(token))))) !== undefined)
      throw new Error('its shell takes no commands any more; the next one gets a new shell');
    const end = await over;
    if (turn.passed === undefined || end.how === 'shell-exited') return end;
    await turn.started?.end(turn.passed.graceMs);
    // One more line: what bash prints about those it finds dead is not for the next command's stderr.
    const settled = await this.#perform((file) => this.#report(file));
    this.#carried = INTERRUPTED;
    return settled.how === 'finished' ? end : settled;
  }

  /** Quoted. A status is to be appended. */
  #endOf(token: string): string {
    return quote(join(this.#ends, `${token}.`));
  }

  /** The line that makes the file. */
  #report(end: string, status = ''): string {
    return `${this.#dialect.redirectPrefix}>${end}"${status}"\n`;
  }

  #reported(name: string): void {
    const [, token, status = '', more = ''] = REPORT.exec(name) ?? [];
    const { token: expected } = this.#turn?.passed ?? this.#turn ?? {};
    if (token !== expected) return;
    this.#carried = { status: Number(status), more };
    this.#settle({ how: 'finished', exitCode: Number(status) });
  }

  #settle(end: CommandEnd): void {
    this.#reports.rest();
    this.#turn?.settle(end);
    this.#turn = undefined;
  }
}

/** Token, status, and what is carried on to the next command. */
const REPORT = /^(\w+)\.(\w*)\.?([^]*)$/;

const newToken = (): string => secureRandom(12).toHex();
const endOf = (exit: ExitResult): CommandEnd => ({ how: 'shell-exited', exitCode: exit.known ? exit.code : 1 });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
