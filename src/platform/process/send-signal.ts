/** Signals to processes that may end at any moment. */
import { codeOf } from '../../core/failure.ts';

/** A negative `pid` means the process group of that number. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Ended in the meantime, or not ours to signal (a setuid program): the next look at the processes shows which.
    if (codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EPERM') throw error;
  }
}
