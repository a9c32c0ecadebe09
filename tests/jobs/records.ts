/** Made-up records of jobs. */
import type { JobRecord, JobStatus } from '../../src/jobs/record.ts';
import { spec } from './world.ts';

const outcome = (exitCode: number, timedOut = false): JobRecord['outcome'] => ({
  exitCode,
  timedOut,
  cancelled: false,
  finishedAt: 1,
  warnings: [],
  results: {},
});
export function recordOf(seq: number, status: JobStatus): JobRecord {
  const at = {
    pending: {},
    running: { startedAt: 1 },
    completed: { startedAt: 1, outcome: outcome(0) },
    failed: { outcome: outcome(1) },
    timeout: { outcome: outcome(-1, true) },
  }[status];
  return {
    id: seq.toString(16).padStart(12, '0'),
    seq,
    spec: spec(),
    submittedAt: seq,
    startedAt: undefined,
    process: undefined,
    outcome: undefined,
    ...at,
  };
}
