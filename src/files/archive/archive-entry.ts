/** What goes into an archive, one after the other. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

interface Common {
  /** Relative to the folder, its parts divided by `/`. */
  readonly name: RawPath;
  /** Permission bits. */
  readonly mode: number;
  /** Unix milliseconds. */
  readonly modifiedAt: number;
  readonly uid: number;
  readonly gid: number;
}

export type ArchiveEntry =
  | (Common & { readonly type: 'folder' })
  | (Common & { readonly type: 'link'; readonly target: RawPath })
  | (Common & {
      readonly type: 'file';
      readonly size: number;
      /** Exactly so many bytes: what has become longer is cut, what has become shorter filled with zeros. Read once. */
      readonly pieces: AsyncIterable<Uint8Array>;
    });
