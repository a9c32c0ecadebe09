/**
 * cmd.exe, kept alive without any protocol in the streams of a command.
 *
 *   server ──line──▶ stdin of cmd.exe: "run command.cmd, redirected to the job's files"
 *   server ◀─"TOKEN begun"── stdout of cmd.exe, which no command has
 *   server ──line──▶ stdin of cmd.exe: "run end.bat", read when the command is over, however it got there
 *   server ◀─"TOKEN … TOKEN is CODE"── the same stdout
 *
 * A command is a batch file, as the only form in which cmd.exe takes several lines, labels and `exit /b`: so `for`
 * wants `%%i`. What is wrong in a batch file ends that file, and at the outermost level, where lines come from stdin,
 * the shell goes on. Its stdin is a pipe of the command's own, opened by name and gone with it; its output goes to the
 * job's files by redirection.
 * https://learn.microsoft.com/windows-server/administration/windows-commands/cmd
 *
 * The second line is sent once the first has been taken: a syntax error may throw away the rest of its line, and Wine's
 * cmd.exe throws away whatever else it finds in the pipe with a line.
 *
 * `%ERRORLEVEL%` is the variable of that name once there is one. So end.bat removes it first; being a `.bat` and not
 * a `.cmd`, `set` does not touch the level itself there: https://ss64.com/nt/errorlevel.html. Should that not hold,
 * `if errorlevel`, which no variable can deceive, has reported whether the command failed. A variable named ERRORLEVEL
 * therefore lasts no longer than its command.
 *
 * Macros (doskey) belong to the console's own line editor and do nothing here.
 * https://learn.microsoft.com/windows-server/administration/windows-commands/doskey
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { win32 } from 'node:path';
import { secureRandom } from '../../core/id.ts';
import { createNamedPipe } from '../../platform/pipes/index.ts';
import type { NamedPipe } from '../../platform/pipes/pipes.ts';
import type { Launched, Launcher } from '../../platform/process/process.ts';
import type { CommandEnd, CommandFiles, ShellKind, ShellProcess, ShellStart } from '../shell-process.ts';
import { discard, startShell } from '../start-shell.ts';
import { batchText, canSet, cmdSeedText } from './batch-text.ts';
import { CmdPaths } from './cmd-paths.ts';
import { beginningOf } from './level.ts';
import { linesOf } from './lines.ts';

/** No AutoRun, no echo, extensions whatever the registry says, `!` nothing special. */
const OPTIONS = ['/d', '/q', '/e:on', '/v:off'];

/** A shell that has not answered by then will not answer. */
const START_TIMEOUT_MS = 30_000;

const COMMAND_FILE = 'command.cmd';
const LEVEL_FILE = 'level.cmd';
const LEVEL_TEXT = batchText('@exit /b %1');
const END_FILE = 'end.bat';
/** In quotes, where it prints what may be in a variable: a `&` is only a character there. */
const END_TEXT = batchText(
  [
    '@if errorlevel 1 echo %1 failed',
    '@if not errorlevel 0 echo %1 failed',
    '@echo "%1 said %ERRORLEVEL%"',
    '@set "ERRORLEVEL=0"',
    '@set "ERRORLEVEL="',
    '@echo %1 is %ERRORLEVEL%',
  ].join('\n'),
);

export function cmdShell(path: string, launcher: Launcher): ShellKind {
  return {
    name: 'cmd',
    path,
    canSet,
    seedText: cmdSeedText,
    start: (request) => start(path, launcher, request),
  };
}

/** What the shell has reported of the command that runs. */
interface Turn {
  readonly token: string;
  readonly begun: () => void;
  readonly settle: (end: CommandEnd) => void;
  /** The rest of the line that ran it was run, too. */
  returned: boolean;
  failed: boolean;
  said: number;
}

function start(path: string, launcher: Launcher, { folder, env, treeId }: ShellStart): Promise<ShellProcess> {
  const paths = new CmdPaths(folder);
  writeFileSync(win32.join(folder, LEVEL_FILE), LEVEL_TEXT);
  writeFileSync(win32.join(folder, END_FILE), END_TEXT);
  const request = {
    argv: [path, ...OPTIONS],
    cwd: folder,
    env: { ...env, ...paths.environment },
    treeId,
    inputPath: win32.join(folder, 'stdin'),
  };
  return startShell(launcher, request, START_TIMEOUT_MS, async (launched) => {
    const shell = new CmdShell(launched, paths);
    await shell.prepare(path);
    return shell;
  });
}

class CmdShell implements ShellProcess {
  readonly process: ShellProcess['process'];
  readonly #paths: CmdPaths;
  readonly #stdin: Launched['stdin'];
  #input: NamedPipe | undefined;
  #turn: Turn | undefined;
  /** What the newest command has left. */
  #level = 0;

  constructor({ process, stdin, stdout, stderr }: Launched, paths: CmdPaths) {
    this.process = process;
    this.#paths = paths;
    this.#stdin = stdin;
    void this.#readLines(stdout);
    void discard(stderr);
    void process.exited.then((exit) => this.#settle({ how: 'shell-exited', exitCode: exit.known ? exit.code : 1 }));
  }

  /** From here on text is UTF-8, both ways: no other program has the console of this shell. */
  async prepare(path: string): Promise<void> {
    await this.#perform(`"${win32.join(win32.dirname(path), 'chcp.com')}" 65001 >nul`);
  }

  openInput(files: CommandFiles): NamedPipe {
    return (this.#input = createNamedPipe(files.stdin));
  }

  async run(files: CommandFiles): Promise<CommandEnd> {
    const { level, text } = beginningOf(readFileSync(files.text, 'utf8'), this.#level);
    writeFileSync(this.#paths.file(COMMAND_FILE), batchText(text));
    const stdin = files.stdin === devNull ? devNull : (this.#input?.path ?? devNull);
    const { quoted } = this.#paths;
    const line = `${quoted(this.#paths.file(COMMAND_FILE))} <${quoted(stdin)} >>${quoted(files.stdout)} 2>>${quoted(files.stderr)}`;
    const end = await this.#perform(line, level);
    this.#level = end.exitCode;
    return end;
  }

  async #perform(line: string, level = 0): Promise<CommandEnd> {
    const token = secureRandom(12).toHex();
    const end = Promise.withResolvers<CommandEnd>();
    const begun = Promise.withResolvers<void>();
    this.#turn = { token, begun: begun.resolve, settle: end.resolve, returned: false, failed: false, said: 0 };
    // `ver` sets the level to 0, and `echo` leaves it alone: https://ss64.com/nt/errorlevel.html
    const set = level === 0 ? 'ver >nul' : `${this.#paths.quoted(this.#paths.file(LEVEL_FILE))} ${level | 0}`;
    await this.#write(`@echo off& echo ${token} begun& ${set}& ${line}& echo ${token} returned`);
    await Promise.race([begun.promise, end.promise]);
    await this.#write(`@${this.#paths.quoted(this.#paths.file(END_FILE))} ${token}`);
    return end.promise;
  }

  /** A shell that reads no more has gone, or is about to: its exit is what settles the turn. */
  async #write(line: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\r\n`));
  }

  async #readLines(stdout: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of linesOf(stdout)) this.#onLine(line);
  }

  #onLine(line: string): void {
    const turn = this.#turn;
    // Anywhere in the line: a prompt may stand before it.
    const [, token, word, value] = /([0-9a-f]{24}) (begun|returned|failed|said|is)(?: (-?\d{1,10}))?/.exec(line) ?? [];
    if (turn === undefined || token !== turn.token) return;
    switch (word) {
      case 'begun':
        turn.begun();
        break;
      case 'returned':
        turn.returned = true;
        break;
      case 'failed':
        turn.failed = true;
        break;
      case 'said':
        turn.said = Number(value ?? 0);
        break;
      case undefined:
        break;
      case 'is':
        this.#settle({ how: 'finished', exitCode: exitCodeOf(turn, Number(value ?? 0)) });
        break;
    }
  }

  #settle(end: CommandEnd): void {
    this.#turn?.begun();
    this.#turn?.settle(end);
    this.#turn = undefined;
  }
}

/** Unsigned, as Windows shows codes elsewhere, too. A file that was broken off without a code of its own has failed. */
function exitCodeOf({ returned, failed, said }: Turn, level: number): number {
  if (level !== 0) return level >>> 0;
  if (failed) return said >>> 0 || 1;
  return returned ? 0 : 1;
}
