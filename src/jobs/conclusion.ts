/**
 * How a job comes to its end: its processes are ended, its outcome is made and written down. Nothing here throws or
 * rejects: what goes wrong becomes a warning in the outcome.
 */
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { JobFolder } from './folder.ts';
import type { JobOutcome } from './record.ts';
import type { ForcedEnd, Running } from './runner.ts';

export interface Ending {
  readonly exitCode: number;
  readonly timedOut?: boolean;
  readonly cancelled?: boolean;
  /** What the server adds to stderr. */
  readonly note?: string;
  /** The note is added even when the command has written to stderr itself. */
  readonly always?: boolean;
  readonly results?: JobOutcome['results'] | undefined;
  readonly warnings?: readonly string[];
}

interface Circumstances {
  readonly clock: Clock;
  /** What is wrong with the machine right now that a finished job should mention. */
  readonly warnings: () => readonly string[];
  /** Started by an earlier server: it may have ended long ago. */
  readonly resumed: boolean;
}

/** Makes the outcome and writes it into the job's folder, unless the disk refuses it. */
export function concludeJob(
  folder: JobFolder,
  ending: Ending,
  { clock, warnings: wrong, resumed }: Circumstances,
): JobOutcome {
  const { exitCode, timedOut = false, cancelled = false, note, always = false, results = {} } = ending;
  const warnings = [...(ending.warnings ?? [])];
  attempt(warnings, () => warnings.push(...wrong()));
  if (note !== undefined) {
    attempt(warnings, () => {
      if (always || folder.outputStat('stderr').bytes === 0) folder.appendNote(note);
    });
  }
  const exitedAt = resumed ? attempt(warnings, () => folder.exitedAt) : undefined;
  const outcome = { exitCode, timedOut, cancelled, finishedAt: exitedAt ?? clock.now(), warnings, results };
  // The shell's own exit file says it all for a command that simply ended; one that was killed could write none.
  const isInExitFile =
    note === undefined &&
    warnings.length === 0 &&
    Object.keys(results).length === 0 &&
    attempt(warnings, () => folder.exitCode) === exitCode;
  if (!isInExitFile) attempt(warnings, () => folder.saveOutcome(outcome));
  return outcome;
}

export interface Ended {
  readonly forced: ForcedEnd;
  readonly warnings: readonly string[];
}

/** Ends the job's processes; where that fails there is a warning. */
export async function endAll(run: Running, because: Parameters<Running['end']>[0]): Promise<Ended> {
  try {
    return { forced: (await run.end(because)) ?? {}, warnings: [] };
  } catch (error) {
    return { forced: {}, warnings: [`not all processes of this job could be ended: ${messageOf(error)}`] };
  }
}

/** Returns the action's value; what it throws becomes a warning, and the value undefined. */
export function attempt<T>(warnings: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    warnings.push(messageOf(error));
    return undefined;
  }
}
