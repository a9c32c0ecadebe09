/** Finds the shell of a job whose server died before it could write down the pid. */
import type { ProcessIdentity } from '../process.ts';
import { closeHandle } from '../../api/windows/handle.ts';
import type { JobObject } from './job-object.ts';
import { openAny, startTimeOf } from './process-handle.ts';

/** The shell was in the job before anything could run: it is the oldest one there. */
export function shellOf(job: JobObject): ProcessIdentity | undefined {
  let oldest: ProcessIdentity | undefined;
  for (const pid of job.processIds()) {
    const startTime = startTimeOfPid(pid);
    if (startTime === undefined) continue;
    if (oldest === undefined || BigInt(startTime) < BigInt(oldest.startTime)) oldest = { pid, startTime };
  }
  return oldest;
}

function startTimeOfPid(pid: number): string | undefined {
  const handle = openAny(pid);
  if (handle === undefined) return undefined;
  try {
    return startTimeOf(handle);
  } finally {
    closeHandle(handle);
  }
}
