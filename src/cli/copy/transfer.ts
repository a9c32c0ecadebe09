/** What all transfers of one `cp` have in common, and what each of them comes to. */
import type { Meter } from './progress.ts';

export interface Transfer {
  readonly signal: AbortSignal;
  readonly meter: Meter;
  /** Whether nothing that is there is replaced. */
  readonly noClobber: boolean;
  /** Whether what breaks off is kept, and gone on with. */
  readonly resume: boolean;
  /** Globs of what is left out of folders. */
  readonly exclude: readonly string[];
  /** A line for the user. */
  readonly tell: (line: string) => void;
  /** Something was not copied: a line for the user. */
  readonly complain: (line: string) => void;
}

export interface Transferred {
  readonly type: 'file' | 'folder';
  /** Files and links. */
  readonly files: number;
  readonly bytes: number;
  /** Offset at which an earlier copy was gone on with. */
  readonly resumedAt?: number;
  /** Of a folder: what was there already. */
  readonly alreadyThere?: { readonly files: number; readonly bytes: number };
  /** Of a folder: what could not be read, a line each. */
  readonly unreadable?: readonly string[];
}
