/**
 * bash, zsh and sh, kept alive without a word of protocol in any stream of theirs.
 *
 *   server ──lines──▶ FIFO that the shell reads as its script
 *   shell  ──file name──▶ `ends/<token>.<status>`, made by a bare redirection
 *
 * The shell's script is a FIFO, so it runs each line when it arrives, at top level, and its stdin is
 * free. A command is a file that the shell sources with all three streams redirected to the job's
 * own files: output passes neither through us nor through a parser, cannot be mistaken for an end
 * mark, and what is left in the background goes on writing where it should.
 *
 * The end is told by a redirection without a command's name, `>ends/TOKEN.$?`: the one thing that no
 * function, alias or builtin can get in the way of.
 *
 *   running ──end told──▶ idle
 *      └──interrupt──▶ giving up ──`passed` told──▶ idle
 *
 * A command that was interrupted is over when the shell has run a further line of ours: whatever the
 * interrupt did or came too late for, none of it is left for the next command.
 */
import { mkdirSync, openSync, closeSync, unlinkSync, watch, constants } from 'node:fs';
import { join } from 'node:path';
import { secureRandom } from '../../core/id.ts';
import { createCommandInput, type CommandInput } from '../../platform/input/command-input.ts';
import { InputPipe } from '../../platform/input/posix/input-pipe.ts';
import { makeFifo } from '../../platform/api/posix/libc.ts';
import { quote } from '../../platform/process/posix/shell-command.ts';
import { StartedSince } from '../../platform/process/posix/started-since.ts';
import { send, type Tree } from '../../platform/process/posix/tree.ts';
import type { ExitResult, Launcher } from '../../platform/process/process.ts';
import type { CommandEnd, CommandFiles, ShellKind, ShellProcess, ShellStart } from '../shell-process.ts';
import type { Dialect } from './dialects.ts';

/** How soon a shell is interrupted again, and then less and less often: it may not have begun with the command. */
const FIRST_PAUSE_MS = 50;

/** What the shell has been given to do. */
interface Turn {
  /** The command, as the shell tells its end. */
  readonly token: string;
  readonly started: StartedSince;
  readonly over: Promise<CommandEnd>;
  readonly settle: (end: CommandEnd) => void;
  /** Present when it was interrupted; told when none of that is on its way any more. */
  passed?: { readonly token: string; readonly graceMs: number };
}

export function scriptShell(dialect: Dialect, path: string, launcher: Launcher): ShellKind {
  return {
    name: dialect.name,
    path,
    // Each of these shells has names of its own that it sets itself or lets nobody set, such as UID and zsh's `path`, and a
    // process of one takes no longer to start than a command.
    canSet: () => false,
    start: async (request) => ScriptShell.start(dialect, path, launcher, request),
    // OLDPWD would be our private folder.
    seedText: ({ workdir }) => `cd ${quote(workdir)} && unset OLDPWD\n`,
  };
}

class ScriptShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #dialect: Dialect;
  readonly #ends: string;
  readonly #script: InputPipe;
  readonly #tree: Tree;
  #interruptible = false;
  #gone = false;
  #turn: Turn | undefined;

  private constructor(
    dialect: Dialect,
    process: ShellProcess['process'],
    ends: string,
    script: InputPipe,
    treeId: string,
  ) {
    this.#dialect = dialect;
    this.process = process;
    this.#ends = ends;
    this.#script = script;
    this.#tree = { root: process.identity, treeId };
    const watcher = watch(ends, (_event, name) => {
      if (typeof name === 'string') this.#told(name);
    });
    void process.exited.then((exit) => {
      this.#gone = true;
      watcher.close();
      script[Symbol.dispose]();
      this.#settle(endOf(exit));
    });
  }

  static async start(
    dialect: Dialect,
    path: string,
    launcher: Launcher,
    { folder, env, treeId }: ShellStart,
  ): Promise<ScriptShell> {
    const ends = join(folder, 'ends');
    mkdirSync(ends, { mode: 0o700 });
    // Named after the shell and started from its folder: $0 is then what it is everywhere else.
    const name = dialect.name;
    makeFifo(join(folder, name));
    const both = openSync(join(folder, name), constants.O_RDWR);
    try {
      const script = InputPipe.reopen(join(folder, name));
      const messages = join(folder, 'messages');
      const process = await launcher.launch({
        argv: [path, ...dialect.options, name],
        cwd: folder,
        env,
        treeId,
        inputPath: undefined,
        messages,
      });
      if ('reason' in process) throw new Error('detail' in process ? process.detail : process.reason);
      const shell = new ScriptShell(dialect, process, ends, script, treeId);
      const ready = await shell.#perform((told) => `${dialect.preamble}\n${told}\n`, dialect.cannotInterrupt);
      if (ready.how === 'shell-exited') throw new Error(`${name} ended while it was started`);
      shell.#interruptible = ready.exitCode === 0;
      return shell;
    } finally {
      closeSync(both);
    }
  }

  openInput(files: CommandFiles): CommandInput {
    return createCommandInput(files.stdin);
  }

  run(files: CommandFiles): Promise<CommandEnd> {
    const text = `${quote(files.text)} <${quote(files.stdin)} >>${quote(files.stdout)} 2>>${quote(files.stderr)}`;
    return this.#perform((told) => this.#dialect.lines(text, told), '$?');
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
      await this.#script.write(encode(`${this.#dialect.recover}${this.#tell(passed, '')}\n`));
      // The shell first: what ends of the command's processes must not let it go on with the next of them.
      if (!this.#gone) send(this.process.identity.pid, 'SIGURG');
      await turn.started.interrupt();
      const left = Math.max(0, deadline - performance.now());
      if (await Promise.race([over, Bun.sleep(Math.min(pause, left)).then(() => false)])) return true;
      if (performance.now() >= deadline) return false;
    }
  }

  /** Gives the shell these lines; `told` is what tells the status and with it the end. */
  async #perform(lines: (told: string) => string, status: string): Promise<CommandEnd> {
    const token = newToken();
    const { promise: over, resolve: settle } = Promise.withResolvers<CommandEnd>();
    const turn: Turn = { token, over, settle, started: new StartedSince(this.#tree) };
    this.#turn = turn;
    // A shell that has gone reads nothing, and nobody would settle the end.
    if ((await this.#script.write(encode(lines(this.#tell(token, status))))) !== undefined)
      this.#settle(endOf(await this.process.exited));
    const end = await over;
    if (turn.passed === undefined || end.how === 'shell-exited') return end;
    await turn.started.end(turn.passed.graceMs);
    // One more line: what bash has to say of those it finds dead is not for the next command's stderr.
    const settled = await this.#perform((told) => `${told}\n`, '');
    return settled.how === 'finished' ? end : settled;
  }

  /** Makes a file named `<token>.<status>`. */
  #tell(token: string, status: string): string {
    return `${this.#dialect.redirectPrefix}>${quote(join(this.#ends, `${token}.`))}"${status}"`;
  }

  #told(name: string): void {
    removeIfThere(join(this.#ends, name));
    const [token, status] = name.split('.');
    const { token: expected } = this.#turn?.passed ?? this.#turn ?? {};
    if (token === expected) this.#settle({ how: 'finished', exitCode: Number(status) });
  }

  #settle(end: CommandEnd): void {
    this.#turn?.settle(end);
    this.#turn = undefined;
  }
}

const newToken = (): string => secureRandom(12).toHex();
const endOf = (exit: ExitResult): CommandEnd => ({ how: 'shell-exited', exitCode: exit.known ? exit.code : 1 });
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The folder went with its session.
  }
}
