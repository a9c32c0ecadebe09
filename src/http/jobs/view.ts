/** A job as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import { readLive, readTail, readWhole, type Excerpt } from '../../jobs/output.ts';
import { statusOf, type JobRecord } from '../../jobs/record.ts';
import { signalOfExitCode } from '../../platform/process/index.ts';
import type { JobResource } from '../../protocol/job.ts';
import type { EndEvent } from '../../protocol/feed.ts';
import type { JobSnapshot } from './snapshot.ts';

export async function jobView(
  { record, folder, active }: JobSnapshot,
  tailLines: number | undefined,
): Promise<JobResource> {
  const { outcome } = record;
  const out = folder.outputStat('stdout');
  const err = folder.outputStat('stderr');
  const read = (stream: 'stdout' | 'stderr', bytes: number): Promise<Excerpt> => {
    const path = folder.output(stream);
    if (tailLines !== undefined) return readTail(path, bytes, tailLines);
    return outcome === undefined ? readLive(path, bytes) : readWhole(path, bytes);
  };
  const [stdout, wholeStderr] = await Promise.all([read('stdout', out.bytes), read('stderr', err.bytes)]);
  const stderr = lastCharacters(wholeStderr, record.spec.stderrCharacters);
  const lastOutputAt = Math.max(out.bytes > 0 ? out.changedAt : 0, err.bytes > 0 ? err.changedAt : 0);
  return {
    jobId: record.id,
    status: statusOf(record),
    command: record.spec.command,
    ...(record.spec.mode !== 'shell' && { mode: record.spec.mode }),
    ...record.spec.labels,
    ...(record.spec.name !== undefined && { name: record.spec.name }),
    ...(record.spec.argv !== undefined && { argv: [...record.spec.argv] }),
    submittedAt: toSeconds(record.submittedAt),
    startedAt: record.startedAt === undefined ? null : toSeconds(record.startedAt),
    // Always a number, which inherited callers subtract from now to find jobs that hang. The clock of files ticks more
    // coarsely than ours: output does not come before its process.
    lastOutputAt: toSeconds(Math.max(lastOutputAt, record.startedAt ?? record.submittedAt)),
    // A job that waits counts as alive to them, too.
    processAlive: active !== undefined,
    ...(active?.processAlive === true && record.process !== undefined && { pid: record.process.pid }),
    ...active?.live,
    ...(outcome !== undefined && {
      exitCode: outcome.exitCode,
      durationMs: durationOf(record),
      timedOut: outcome.timedOut,
      ...(outcome.cancelled && { cancelled: true }),
      ...(outcome.warnings.length > 0 && { warnings: [...outcome.warnings] }),
      ...outcome.results,
      ...(record.spec.argv !== undefined && signalView(outcome.exitCode)),
    }),
    stdout: stdout.text,
    stderr: stderr.text,
    stdoutBytes: out.bytes,
    stderrBytes: err.bytes,
    stdoutTruncated: stdout.truncated,
    stderrTruncated: stderr.truncated,
  };
}

/** The exit code is all that is known of how a program ended: a shell that ends with that code by itself looks the same. */
function signalView(exitCode: number): { readonly signal?: string } {
  const signal = signalOfExitCode(exitCode);
  return signal === undefined ? {} : { signal };
}

function lastCharacters({ text, truncated }: Excerpt, most = Infinity): Excerpt {
  return text.length > most ? { text: text.slice(-most), truncated: true } : { text, truncated };
}

export function endView(record: JobRecord): EndEvent {
  return {
    jobId: record.id,
    status: statusOf(record),
    exitCode: record.outcome?.exitCode ?? -1,
    durationMs: durationOf(record),
    timedOut: record.outcome?.timedOut ?? false,
    cancelled: record.outcome?.cancelled ?? false,
  };
}

function durationOf({ outcome, startedAt }: JobRecord): number {
  // A job that never started took no time; a clock that was set back takes none either.
  return outcome === undefined || startedAt === undefined ? 0 : Math.max(0, Math.round(outcome.finishedAt - startedAt));
}
