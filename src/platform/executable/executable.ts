/** Replacing the file of a program that runs. */
import type { DurableFiles } from '../files/durable-files.ts';

export interface Replacement {
  /** Path of the program. */
  readonly path: string;
  /** Where the new one lies, in the same folder. Afterwards it is gone from there. */
  readonly fresh: string;
  /** Where the old one is kept, in the same folder. Nothing may be there. */
  readonly old: string;
}

export interface Restoration {
  readonly path: string;
  /** Where the old one is kept; afterwards it is gone from there. */
  readonly old: string;
  /** Where the other one is moved to where a running program cannot be overwritten. */
  readonly aside: string;
}

/** Rejects with what the file system throws; what was there is then in its place again, where that can be. */
export interface ExecutableFiles {
  /** What a program's file name ends in, such as `.exe`. */
  readonly extension: string;
  replace(files: DurableFiles, what: Replacement): Promise<void>;
  restore(files: DurableFiles, what: Restoration): Promise<void>;
}
