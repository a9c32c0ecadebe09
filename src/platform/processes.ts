/** The one place that chooses how processes are started and ended. */
import { createPosixProcesses } from './posix/processes.ts';
import type { Processes } from './process.ts';

export function createProcesses(): Processes {
  return createPosixProcesses();
}
