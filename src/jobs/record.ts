/** What is known of a job, in memory, in its folder and in the index. Times are Unix milliseconds. */

/** The words of the wire: inherited callers know no others. */
export const JOB_STATUSES = ['pending', 'running', 'completed', 'failed', 'timeout'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Plain data that only the job's mode understands; kept so that a queued job survives a restart. */
export type JobPlan = Readonly<Record<string, unknown>>;

/** What was asked for. Never changes. */
export interface JobSpec {
  /** The value of `mode` on the wire; what it means, its runner knows. */
  readonly mode: string;
  /** What the record shows as `command`. */
  readonly command: string;
  /** 0: however long it takes. */
  readonly timeoutMs: number;
  /** `end`: what the command leaves in the background is ended when the shell ends. */
  readonly background: 'keep' | 'end';
  readonly plan: JobPlan;
  /** Fields that the mode adds to the wire record, such as `sessionKey`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Stands for the id while the job waits or runs. */
  readonly name?: string;
  /** The program and its arguments, of a job that is one program without a shell. */
  readonly argv?: readonly string[];
  /** Characters of stderr that the record shows, the last ones. Default: as of stdout. */
  readonly stderrCharacters?: number;
  /** Fields that the mode adds to the finished wire record of a job that was cancelled before it ran. */
  readonly unbegun?: Readonly<Record<string, unknown>>;
}

export interface JobOutcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly finishedAt: number;
  /** Problems with the job that its output does not show, such as a full disk. */
  readonly warnings: readonly string[];
  /** Fields that the mode adds to the finished wire record. */
  readonly results: Readonly<Record<string, unknown>>;
}

export interface JobRecord {
  readonly id: string;
  /** Order of submission; the newest has the highest. */
  readonly seq: number;
  readonly spec: JobSpec;
  readonly submittedAt: number;
  readonly startedAt: number | undefined;
  readonly process: { readonly pid: number; readonly startTime: string } | undefined;
  readonly outcome: JobOutcome | undefined;
}

export function statusOf(record: JobRecord): JobStatus {
  const { outcome } = record;
  if (outcome === undefined) return record.startedAt === undefined ? 'pending' : 'running';
  if (outcome.timedOut) return 'timeout';
  return outcome.exitCode === 0 ? 'completed' : 'failed';
}
