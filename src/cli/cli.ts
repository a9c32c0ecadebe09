/** The verbs, and which one an argument list means. */
import { defineCommand, runCommand } from 'citty';
import { messageOf } from '../core/failure.ts';
import { complain } from './output.ts';
import { serve } from './serve.ts';

const VERBS = { serve } as const;

/** Resolves to the exit code of the process. */
export async function runCli(rawArgs: readonly string[]): Promise<number> {
  const first = rawArgs[0];
  // The inherited command line has no verb: `agent-server --port 8585` serves.
  const args = first === undefined || first.startsWith('-') ? ['serve', ...rawArgs] : [...rawArgs];
  try {
    await runCommand(defineCommand({ meta: { name: 'agent-server' }, subCommands: VERBS }), { rawArgs: args });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    complain(messageOf(error));
    return 1;
  }
}
