/**
 * The command line of a batch file, such as the `.cmd` that npm makes for a program: cmd.exe reads it, and reads the
 * arguments once more where the file says `%*`.
 *
 *   "cmd.exe" /d /e:on /v:off /s /c ""C:\npm\agent.cmd" "argument" …"
 *
 * What cmd.exe would take for an order, and what becomes of it (CVE-2024-27980):
 *
 * - `& | < > ^ ( ) ; , =` and blanks: mean nothing between quotes, so every argument stands in quotes.
 * - `"`: written twice. For cmd.exe the quotes are closed and opened again with nothing in between, so that all other
 *   characters stay between quotes at each reading; for the C runtime two of them between quotes are one.
 *   https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 * - `%`: followed by a piece of the variable `cd` that is empty, so that no name of a variable is left between two of
 *   them. `/e:on` turns on what can take such a piece. What was put in for `%*` is not looked through again.
 * - `!`: `/v:off`, whatever the registry says.
 * - Line ends and other control characters cannot be written in a command line: refused.
 *
 * A batch file that asks for more readings (`call`, `set x=%~1`, EnableDelayedExpansion) and has not thought of such
 * arguments is beyond help from outside.
 */
import { win32 } from 'node:path';
import { commandInterpreter } from '../../programs/windows/command-interpreter.ts';
import { fail, ok, type Result } from '../../../core/failure.ts';
import type { CommandLine } from './command-line.ts';

/** Above that cmd.exe refuses, with a message on stderr: https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation */
const LIMIT = 8191;

// eslint-disable-next-line no-control-regex -- finding them is the purpose
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export interface ArgumentRefused {
  readonly reason: 'argument-refused';
  /** A sentence without its full stop. */
  readonly message: string;
}

export function batchCommandLine(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Result<CommandLine, ArgumentRefused> {
  const refuse = (message: string) => fail({ reason: 'argument-refused', message } as const);
  // A relative one would be looked for on the PATH, too.
  if (!win32.isAbsolute(file) || file.includes('"') || CONTROL.test(file))
    return refuse(`a batch file must be named by its full path, not ${JSON.stringify(file)}`);
  const bad = args.find((argument) => CONTROL.test(argument));
  if (bad !== undefined)
    return refuse(
      `a batch file (${file}) cannot be given an argument with a line end or another control character: ${JSON.stringify(bad)}`,
    );
  const application = commandInterpreter(env);
  const command = [file, ...args].map(quoteForBatch).join(' ');
  const text = `"${application}" /d /e:on /v:off /s /c "${command}"`;
  if (text.length > LIMIT)
    return refuse(
      `a batch file (${file}) can be given ${LIMIT} characters with all its arguments, and these have ${text.length}`,
    );
  return ok({ application, text });
}

/** Backslashes in front of a quote count twice for the C runtime. */
function quoteForBatch(argument: string): string {
  const inside = argument
    .replaceAll(/(\\*)"/g, '$1$1""')
    .replace(/\\+$/, '$&$&')
    .replaceAll('%', '%%cd:~,%');
  return `"${inside}"`;
}
