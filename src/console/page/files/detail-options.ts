/** What the parts that show a file or a folder are given. */
import type { WatchedEvent } from '../../../client/files.ts';
import type { FileEntry } from '../../../protocol/files.ts';
import type { Store } from '../store.ts';
import type { Context } from '../view.ts';
import type { FilePlace } from './place.ts';

export interface FileDetailOptions {
  readonly context: Context;
  readonly place: FilePlace;
  /** The newest change that was told. */
  readonly event: Store<WatchedEvent | undefined>;
  /** It is there, and this is what it is. */
  readonly found: (place: FilePlace, entry: FileEntry) => void;
  /** Something was done in this folder. */
  readonly changed: (folder: string) => void;
  readonly upload: (files: readonly File[], into: string) => void;
  readonly signal: AbortSignal;
}
