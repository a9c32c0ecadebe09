/** A file that was written over several requests, which takes its place. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export interface AdoptOptions {
  readonly path: RawPath;
  /** As in `StagedOptions`. */
  readonly mode: number | undefined;
  readonly signal: AbortSignal;
}
