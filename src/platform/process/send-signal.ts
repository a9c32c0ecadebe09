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

/** Whether there is a process of that number, be it one that has ended and waits for its parent to notice. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
