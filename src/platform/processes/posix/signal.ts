/** A signal to one process that may be anybody's. */
import { codeOf } from '../../../core/failure.ts';
import { kill } from '../../process/posix/signals.ts';
import type { ProcessIdentity } from '../../process/process.ts';

/** `now`: who has that number. */
export async function signalPosix(
  now: ProcessIdentity | undefined,
  { pid, startTime }: ProcessIdentity,
  signal: string,
): Promise<'sent' | 'gone' | 'refused'> {
  if (now?.startTime !== startTime) return 'gone';
  try {
    kill(pid, signal);
    return 'sent';
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'gone';
    if (codeOf(error) === 'EPERM') return 'refused';
    throw error;
  }
}
