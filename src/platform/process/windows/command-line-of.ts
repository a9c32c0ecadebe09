/** How a command text, or a program with its arguments, is written down for CreateProcessW. */
import { existsSync } from 'node:fs';
import { fail, ok, type Result } from '../../../core/failure.ts';
import { isBatchFile } from '../../programs/windows/batch-file.ts';
import { type ArgumentRefused, batchCommandLine } from './batch-command-line.ts';
import { type CommandLine, programCommandLine, shellCommandLine } from './command-line.ts';

export function commandLineOf(
  argv: string | readonly string[],
  env: Readonly<Record<string, string>>,
): Result<CommandLine, ArgumentRefused> {
  if (typeof argv === 'string') return ok(shellCommandLine(argv, env));
  const [program = '', ...args] = argv;
  if (!isBatchFile(program)) return ok(programCommandLine(program, args));
  // cmd.exe would start all the same, and say so on stderr.
  if (!existsSync(program)) return fail({ reason: 'argument-refused', message: `there is no batch file ${program}` });
  return batchCommandLine(program, args, env);
}
