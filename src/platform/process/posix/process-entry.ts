/** A process as the table of processes shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startTime: string;
  /** When it was started, on the clock that `startClock` reads. */
  readonly startedAt: number;
  /** Ended, waiting for its parent to notice. */
  readonly zombie: boolean;
  /** The tree that its environment names (see tree-variable.ts), where that can be read. */
  readonly treeId: () => string | undefined;
  /** Its arguments; a text in which one of them can be looked for. */
  readonly commandLine: () => string;
}

export type ProcessSnapshot = ReadonlyMap<number, ProcessEntry>;

/** Whether it is the process that was started then, and runs. */
export const isOf = (entry: ProcessEntry | undefined, startTime: string): boolean =>
  entry !== undefined && !entry.zombie && entry.startTime === startTime;

/** Names one process for good: its pid may be given to another one after its end. */
export const keyOf = ({ pid, startTime }: ProcessEntry): string => `${pid} ${startTime}`;
