/** How a job ended, as an exit code of ours and a line for the one who waits. */
import type { EndEvent } from '../../protocol/feed.ts';
import { isExitCode } from '../../platform/process/index.ts';

/** As of timeout(1). */
const TIMEOUT_EXIT = 124;

export interface RunExit {
  readonly code: number;
  /** Present where the code alone does not tell. */
  readonly note?: string;
}

export function exitOf({ jobId, exitCode, timedOut, cancelled, durationMs }: EndEvent): RunExit {
  if (timedOut)
    return {
      code: TIMEOUT_EXIT,
      note: `job ${jobId} was ended after ${durationMs / 1000} s: its time was over (--timeout)`,
    };
  if (cancelled) return { code: 1, note: `job ${jobId} was cancelled` };
  if (exitCode < 0) return { code: 1, note: `job ${jobId} ended with an exit code that is not known` };
  // POSIX keeps eight bits of an exit code: 256 from a Windows server must not become success.
  if (!isExitCode(exitCode)) return { code: 1, note: `job ${jobId} ended with exit code ${exitCode}` };
  return { code: exitCode };
}
