/**
 * What does the work of a job. The jobs room knows when and how long; a runner knows how. Each value
 * of `mode` has one (see `modes/`).
 */
import type { JobFolder } from './folder.ts';
import type { JobSpec } from './record.ts';

export interface RunRequest {
  readonly jobId: string;
  readonly spec: JobSpec;
  readonly folder: JobFolder;
}

export type RunEnd =
  | {
      readonly known: true;
      readonly exitCode: number;
      /** What of the job is not as it should be. */
      readonly warnings?: readonly string[];
      readonly results?: Readonly<Record<string, unknown>>;
    }
  /** It ended while no server was there to see how. */
  | { readonly known: false };

/** It could not be started: the job fails with this on its stderr. */
export interface RunRefusal {
  readonly refused: string;
  /** Default: 1. */
  readonly exitCode?: number;
  /** Fields that the mode adds to the finished wire record. */
  readonly results?: Readonly<Record<string, unknown>>;
}

/** What came of a run that the server has ended, where its mode has more to say of that than all others. */
export interface ForcedEnd {
  /** Default: -1. */
  readonly exitCode?: number;
  /** Fields that the mode adds to the finished wire record. */
  readonly results?: Readonly<Record<string, unknown>>;
  /** Whether stderr says why it was ended, where the command has written nothing there. Default: yes. */
  readonly noted?: boolean;
}

/** `stdin-full`: withdrawn before any of it was in the pipe. */
export type InputFailure = 'stdin-closed' | 'process-gone' | 'stdin-full';

export interface Running {
  /** Noted in the record, so that the next server can take the job up. `pid` 0: one that was looked for and not found. */
  readonly process?: { readonly pid: number; readonly startTime: string };
  /** Settles when the command itself has ended. Never rejects. */
  readonly ended: Promise<RunEnd>;
  /** Resolves when the data is in the job's input pipe. `signal` withdraws it, unless a part of it is there already. */
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  closeInput(): void;
  /** Sends a signal to its process, or to all that this started: to how many. Absent where it has no process of its own. */
  signal?(name: string, target: 'process' | 'tree'): Promise<number>;
  /** Ends everything the job started, also what is left after its own end. */
  end(because: 'timeout' | 'cancel' | 'background'): Promise<ForcedEnd | void>;
  /** Fields that the mode adds to the wire record while it runs. */
  live?(): Readonly<Record<string, unknown>>;
  /** Releases what this server holds of it without ending it: the job goes on when the server stops. */
  release(): void;
}

/** Resolves when the job may run; rejects when the signal says that it will not. */
export type AcquireSlot = (signal: AbortSignal) => Promise<void>;

export interface Runner {
  /**
   * Its commands wait for each other. They are started as they come, and each acquires a slot among the jobs that run
   * at once when its turn has come: one that waits for its turn takes no slot.
   */
  readonly takesTurns?: true;
  /** A promise where the start has to wait for something; the job is `pending` until it settles. */
  start(
    request: RunRequest,
    signal: AbortSignal,
    acquireSlot: AcquireSlot,
  ): Running | RunRefusal | Promise<Running | RunRefusal>;
  /** Takes up what an earlier server started; undefined where such a job cannot outlive its server. */
  adopt?(request: RunRequest, process: Running['process']): Promise<Running>;
  /** For jobs that cannot outlive the server: it stops, and those that run have to come to their ends. */
  close?(): Promise<void>;
}
