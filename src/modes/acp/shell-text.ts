/**
 * The text of a terminal's command for a persistent shell: the one string as it is, or a program with its arguments in the
 * shell's own quotes.
 *
 * The terminal's folder and variables are set before it, as if typed: like whatever a command sets, they last. What cannot
 * be set ends the command with a non-zero code before it has begun. All is on the command's own first line, so that the
 * shell's messages count its lines as without it; in batch files only, a line is all that can be left early.
 */
import type { TerminalStart } from '../../agents/host/terminal-engine.ts';
import { terminalFailure, type TerminalFailure } from '../../agents/host/terminal-failure.ts';
import { ok, type Result } from '../../core/failure.ts';
import { quote } from '../../platform/programs/shell-quote.ts';
import { literal } from '../../shells/powershell/literal.ts';
import { isPlainName, type ShellName } from '../../shells/shell-process.ts';
import { batchQuote, canSet } from '../../shells/windows/batch-text.ts';

interface ShellWords {
  /** Whether the shell can set the variable. */
  readonly canSet: (name: string, value: string) => boolean;
  /** Whether a program gets this argument as it is. */
  readonly canPass: (argument: string) => boolean;
  readonly setVariable: (name: string, value: string) => string;
  readonly changeTo: (folder: string) => string;
  readonly run: (command: string, args: readonly string[]) => string;
}

/** In front of a builtin so that no alias or function of that name gets in the way. */
const posix = (builtin: string, change: string): ShellWords => ({
  canSet: isPlainName,
  canPass: () => true,
  setVariable: (name, value) => `${change}export ${name}=${quote(value)} || \\return; `,
  changeTo: (folder) => `${builtin}cd -- ${quote(folder)} || \\return; `,
  run: (command, args) => [command, ...args].map(quote).join(' '),
});

const powershell = (canPass: ShellWords['canPass']): ShellWords => ({
  // Before 7.5 an empty value removes the variable, which comes to the same for most programs.
  canSet: isPlainName,
  canPass,
  setVariable: (name, value) => `$env:${name} = ${literal(value)}; `,
  changeTo: (folder) =>
    `Microsoft.PowerShell.Management\\Set-Location -LiteralPath ${literal(folder)} -ErrorAction Stop; `,
  run: (command, args) => ['&', ...[command, ...args].map(literal)].join(' '),
});

const CMD: ShellWords = {
  canSet,
  // A quote ends the quotes, and what follows may be a command of its own (CVE-2024-27980).
  canPass: (argument) => !/["\p{Cc}]/u.test(argument),
  setVariable: (name, value) => `@set ${batchQuote(`${name}=${value}`)}\n`,
  changeTo: (folder) => `@cd /d ${batchQuote(folder)} || exit /b 1\n`,
  // A backslash before the closing quote would keep it from closing.
  run: (command, args) => [command, ...args].map((word) => batchQuote(word.replace(/\\+$/, '$&$&'))).join(' '),
};

const WORDS: Readonly<Record<ShellName, ShellWords>> = {
  // A POSIX shell finds special builtins such as `export` before functions.
  sh: posix('\\command ', '\\'),
  bash: posix('\\builtin ', '\\builtin '),
  zsh: posix('\\builtin ', '\\builtin '),
  pwsh: powershell(() => true),
  // Up to 5.1 it passes on neither quotes nor nothing: about_Preference_Variables, $PSNativeCommandArgumentPassing
  powershell: powershell((argument) => argument !== '' && !argument.includes('"')),
  cmd: CMD,
};

type Request = Pick<TerminalStart, 'command' | 'args' | 'cwd' | 'cwdGiven' | 'env'>;

export function shellText(shell: ShellName, request: Request): Result<string, TerminalFailure> {
  const words = WORDS[shell];
  const { command, args, env } = request;
  const variables = Object.entries(env);
  const unset = variables.find(([name, value]) => !words.canSet(name, value));
  if (unset !== undefined) return refuse(`${shell} cannot set the variable ${unset[0]}`);
  if (args.length > 0 && ![command, ...args].every(words.canPass))
    return refuse(`${shell} cannot pass on one of the arguments as it is`);
  return ok(
    [
      ...variables.map(([name, value]) => words.setVariable(name, value)),
      request.cwdGiven ? words.changeTo(request.cwd) : '',
      args.length > 0 ? words.run(command, args) : command,
      '\n',
    ].join(''),
  );
}

const refuse = (detail: string) => terminalFailure('terminal-not-started', detail);
