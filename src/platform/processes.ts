/** The one place that chooses how processes are started and ended. */
import { isWindows } from './places.ts';
import { createPosixProcesses, posixLauncher } from './posix/processes.ts';
import type { Launcher, Processes } from './process.ts';

export function createProcesses(): Processes {
  return createPosixProcesses();
}

/** Undefined where programs of our own choosing cannot be kept yet. */
export const createLauncher = (): Launcher | undefined => (isWindows ? undefined : posixLauncher);
