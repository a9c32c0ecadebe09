/** The agent's command as the caller has it → the program by its full path, and its arguments. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { isDirectory } from '../../platform/files/directory.ts';
import { lookUpProgram, splitCommandLine } from '../../platform/programs/index.ts';
import type { PromptFailure } from './acp-client.d.mts';

export interface Explained {
  readonly reason: PromptFailure['reason'];
  readonly failure: PromptFailure;
  /** A sentence without its full stop. */
  readonly message: string;
}

export const explained = (failure: PromptFailure, message: string): Explained => ({
  reason: failure.reason,
  failure,
  message,
});

export function findAgent(
  agent: string | readonly string[],
  env: Readonly<Record<string, string>>,
  workdir: string,
): Result<readonly string[], Explained> {
  if (!isDirectory(workdir))
    return fail(explained({ reason: 'workdir-missing', workdir }, `there is no folder ${workdir}`));
  const words = typeof agent === 'string' ? splitCommandLine(agent) : ok(agent);
  if (!words.ok)
    return fail(explained({ reason: 'command-invalid' }, `the agent's command line: ${words.failure.message}`));
  const [command = '', ...args] = words.value;
  if (command === '') return fail(explained({ reason: 'command-invalid' }, "the agent's command is empty"));
  const program = lookUpProgram(command, env, workdir);
  if (program.ok) return ok([program.value, ...args]);
  const { folders: lookedIn, extensions } = program.failure;
  const endings = extensions.length === 0 ? '' : ` (with ${extensions.join(' ')})`;
  const where =
    lookedIn.length === 0 ? 'PATH names no folder to look in' : `looked in ${lookedIn.join(', ')}${endings}`;
  return fail(
    explained(
      { reason: 'command-not-found', command, lookedIn, extensions },
      `the agent's command ${command} is not there: ${where}`,
    ),
  );
}
