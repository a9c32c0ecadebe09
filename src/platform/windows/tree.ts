/** Ending a whole tree and waiting until nothing of it is left. */
import type { ProcessIdentity } from '../process.ts';
import type { JobObject } from './job-object.ts';
import { terminateDescendants } from './process-snapshot.ts';

const SLOWEST_LOOK_MS = 20;

/** Again on every look: a process may have been on its way into the job. */
export async function endJob(job: JobObject): Promise<void> {
  for (let wait = 1; job.activeProcesses() > 0; wait = Math.min(wait * 2, SLOWEST_LOOK_MS)) {
    job.terminate();
    await new Promise<void>((resolve) => setTimeout(resolve, wait));
  }
}

/** Until a look finds none: a process may start another one while the snapshot is read. */
export async function endWithoutJob(root: ProcessIdentity): Promise<void> {
  while (terminateDescendants(root)) await new Promise<void>((resolve) => setTimeout(resolve, SLOWEST_LOOK_MS));
}
