/** The exit code of `run` for the way in which the job ended, and the message about it for the user. */
import type { EndEvent } from '../../protocol/feed.ts';
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import { ownExitCode } from '../exit-code.ts';

/** The same as timeout(1) of coreutils. */
const TIMEOUT_EXIT = 124;

export const RUN_EXIT_CODES = [
  ['N', 'The exit code of the command: 128+N if signal N ended it. With --detach: 0.'],
  ['1', 'The server could not be reached, or the command was cancelled by somebody else.'],
  ['2', 'The command line is wrong; nothing was run.'],
  [String(TIMEOUT_EXIT), 'The command took longer than --timeout.'],
  [
    '130',
    'Ctrl-C (143 after SIGTERM, 129 after SIGHUP); the command was cancelled. With --program: its own, if it ends otherwise.',
  ],
  [OUTPUT_CLOSED[0], `${OUTPUT_CLOSED[1]} The command was cancelled.`],
] as const;

export interface RunExit {
  readonly code: number;
  /** Present where the code alone does not say enough. */
  readonly note?: string;
}

export function exitOf({ jobId, exitCode, timedOut, cancelled, durationMs }: EndEvent): RunExit {
  if (timedOut)
    return {
      code: TIMEOUT_EXIT,
      note: `job ${jobId} timed out and was ended after ${durationMs / 1000} s (--timeout)`,
    };
  if (cancelled) return { code: 1, note: `job ${jobId} was cancelled` };
  const code = ownExitCode(exitCode);
  if (code !== undefined) return { code };
  const unknown = `job ${jobId} ended, but its exit code is not known`;
  return { code: 1, note: exitCode < 0 ? unknown : `job ${jobId} ended with exit code ${exitCode}` };
}
