/** Ending a whole tree and waiting until nothing of it is left. */
import type { ProcessIdentity } from '../process.ts';
import type { JobObject } from './job-object.ts';
import { terminateDescendants } from './process-snapshot.ts';

const MAX_LOOK_MS = 20;
/** A process that survives its termination hangs in a driver: waiting longer changes nothing. */
const TIMEOUT_MS = 5000;

/** Terminated again on every look: a process may have been about to enter the job. */
export async function endJob(job: JobObject): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let wait = 1; job.activeProcesses() > 0; wait = Math.min(wait * 2, MAX_LOOK_MS)) {
    if (performance.now() >= deadline) return;
    job.terminate();
    await new Promise<void>((resolve) => setTimeout(resolve, wait));
  }
}

/** Until a look finds none: a process may start another one while the snapshot is read. */
export async function endWithoutJob(root: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (terminateDescendants(root) && performance.now() < deadline)
    await new Promise<void>((resolve) => setTimeout(resolve, MAX_LOOK_MS));
}
