/** Options of calls that list jobs and read their timelines. */
import type { JobResource } from '../protocol/job.ts';

export interface JobsOptions {
  /** At most so many, newest first; 0 or more. Default 20. */
  readonly limit?: number;
  /** Only jobs submitted before the job of this id. Default: all. */
  readonly before?: string;
  /** Only jobs in this state. Default: all. */
  readonly status?: JobResource['status'];
  /** True: only jobs that were cancelled; false: only those that were not. Default: both. */
  readonly cancelled?: boolean;
  /** Only jobs whose command contains this text, in upper or lower case. Default: all. */
  readonly find?: string;
  /** `stdout` and `stderr` hold at most so many lines, the last ones; 0: none. Default: as much as the record holds. */
  readonly tailLines?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface TimelineOptions {
  /** Position of the first byte, over both streams together. Default 0. */
  readonly from?: number;
  /** At most so many bytes, 16 to 1048576. Default 65536. */
  readonly limit?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}
