/** How commands and our own programs are written down for CreateProcessW. */
import { commandInterpreter } from '../../programs/windows/command-interpreter.ts';

export interface CommandLine {
  /** The program itself, so that CreateProcessW does not go looking along PATH and the current folder. */
  readonly application: string;
  readonly text: string;
}

/**
 * `"%ComSpec%" /d /s /c "COMMAND"`, the command as it stands: with /s, cmd.exe takes away the first and
 * the last quote and runs what is between (`cmd /?`). Quoting it like an argument would spoil its quotes.
 */
export function shellCommandLine(command: string, env: Readonly<Record<string, string>>): CommandLine {
  const application = commandInterpreter(env);
  return { application, text: `"${application}" /d /s /c "${command}"` };
}

/**
 * Arguments for a program that splits its command line as the C runtime does.
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
export function programCommandLine(application: string, args: readonly string[]): CommandLine {
  return { application, text: [`"${application}"`, ...args.map(quoteArgument)].join(' ') };
}

function quoteArgument(argument: string): string {
  if (/^[^\s"]+$/.test(argument)) return argument;
  // Backslashes are special only in front of a quote: double those, then escape the quote itself.
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
