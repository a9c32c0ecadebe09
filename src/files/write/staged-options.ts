/** What a file is written with, beside its bytes. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export interface StagedOptions {
  /** Permission bits, set exactly. Default: those of the old file; of a new one 0644 without what the umask takes. */
  readonly mode?: number | undefined;
  /** When its content changed, Unix milliseconds, whole ones. Default: now. */
  readonly modifiedAt?: number | undefined;
  /** Whether missing folders above it are made. They stay, whatever becomes of the file. Default: no. */
  readonly mkdirs?: boolean;
  /** How many bytes will come, where that is known: more than there is room for are refused at once. */
  readonly size?: number | undefined;
}

/** What the file gets beside its bytes. */
export type Marks = Pick<StagedOptions, 'mode' | 'modifiedAt'>;

/** Of a file that was written over several requests. */
export interface AdoptOptions {
  readonly path: RawPath;
  readonly mode: number | undefined;
  /** Undefined: when its last part came. */
  readonly modifiedAt: number | undefined;
  readonly signal: AbortSignal;
}
