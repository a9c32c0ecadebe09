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
 * The end is told by a redirection without a command, `>ends/TOKEN.$?`: the one thing that no
 * function, alias or builtin of the same name can get in the way of.
 */
import { mkdirSync, openSync, closeSync, unlinkSync, watch, constants } from 'node:fs';
import { join } from 'node:path';
import { secureRandom } from '../../core/id.ts';
import { CommandInput } from '../../platform/command-input.ts';
import { InputPipe } from '../../platform/posix/input-pipe.ts';
import { makeFifo } from '../../platform/posix/libc.ts';
import { quote } from '../../platform/posix/shell-command.ts';
import type { ExitResult, Launcher } from '../../platform/process.ts';
import type { CommandEnd, CommandFiles, ShellKind, ShellName, ShellProcess, ShellStart } from '../shell-process.ts';

interface Dialect {
  readonly name: ShellName;
  readonly options: readonly string[];
  /** Before the first command, at top level. */
  readonly preamble: string;
  /** How a file is sourced without its syntax errors ending the shell; quoted, so that no alias gets in the way. */
  readonly source: string;
}

export const SCRIPT_DIALECTS: readonly Dialect[] = [
  {
    name: 'bash',
    options: ['--norc', '--noprofile'],
    preamble: 'shopt -s expand_aliases',
    source: String.raw`\builtin \.`,
  },
  // Otherwise $0 is the sourced file's name.
  { name: 'zsh', options: ['-f'], preamble: 'setopt no_function_argzero', source: String.raw`\builtin \.` },
  // An error in a special builtin ends a POSIX shell; `command` takes the specialness away.
  { name: 'sh', options: [], preamble: ':', source: String.raw`\command \.` },
];

export function scriptShell(dialect: Dialect, path: string, launcher: Launcher): ShellKind {
  return {
    name: dialect.name,
    path,
    start: async (request) => ScriptShell.start(dialect, path, launcher, request),
    // OLDPWD would be our private folder.
    seedText: ({ workdir, env }, serverCwd) =>
      [
        `cd ${quote(serverCwd)}`,
        ...(workdir === '' ? [] : [`cd ${quote(workdir)}`]),
        'unset OLDPWD',
        ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
        '',
      ].join('\n'),
  };
}

class ScriptShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #dialect: Dialect;
  readonly #ends: string;
  readonly #script: InputPipe;
  #waiting: { readonly token: string; readonly resolve: (end: CommandEnd) => void } | undefined;

  private constructor(dialect: Dialect, process: ShellProcess['process'], ends: string, script: InputPipe) {
    this.#dialect = dialect;
    this.process = process;
    this.#ends = ends;
    this.#script = script;
    const watcher = watch(ends, (_event, name) => {
      if (typeof name === 'string') this.#appeared(name);
    });
    void process.exited.then((exit) => {
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
      const shell = new ScriptShell(dialect, process, ends, script);
      const ready = shell.#endOf('ready');
      await script.write(encode(`${dialect.preamble}\n>${quote(join(ends, 'ready.0'))}\n`));
      if ((await ready).how === 'shell-exited') throw new Error(`${name} ended while it was started`);
      return shell;
    } finally {
      closeSync(both);
    }
  }

  openInput(files: CommandFiles): CommandInput {
    return CommandInput.create(files.stdin);
  }

  async run(files: CommandFiles): Promise<CommandEnd> {
    const token = secureRandom(12).toHex();
    const end = this.#endOf(token);
    const line =
      `${this.#dialect.source} ${quote(files.text)} <${quote(files.stdin)} >>${quote(files.stdout)} 2>>${quote(files.stderr)}\n` +
      `>${quote(join(this.#ends, `${token}.`))}"$?"\n`;
    // A shell that has gone reads nothing, and nobody would settle the end.
    if ((await this.#script.write(encode(line))) !== undefined) this.#settle(await exitedEnd(this.process));
    return end;
  }

  /** The status that a file named `<token>.<status>` brings, or the shell's own end. */
  async #endOf(token: string): Promise<CommandEnd> {
    const { promise, resolve } = Promise.withResolvers<CommandEnd>();
    this.#waiting = { token, resolve };
    return promise;
  }

  #appeared(name: string): void {
    const [token, status] = name.split('.');
    if (this.#waiting?.token !== token) return;
    this.#settle({ how: 'finished', exitCode: Number(status) });
    removeIfThere(join(this.#ends, name));
  }

  #settle(end: CommandEnd): void {
    this.#waiting?.resolve(end);
    this.#waiting = undefined;
  }
}

const endOf = (exit: ExitResult): CommandEnd => ({ how: 'shell-exited', exitCode: exit.known ? exit.code : 1 });
const exitedEnd = async (process: ShellProcess['process']): Promise<CommandEnd> => endOf(await process.exited);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The folder went with its session.
  }
}
