/** How a system tells that something in a folder may have changed. What it says are hints: whoever gets one looks for itself. */
import type { Result } from '../../core/failure.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';

export interface HintReceiver {
  /** Of something in a watched folder; without a name: of the folder itself. */
  changed(folder: RawPath, name: RawPath | undefined): void;
  /** The system has dropped hints: anything may have changed. */
  lost(): void;
}

export type NotWatched =
  | { readonly reason: 'gone' }
  | { readonly reason: 'not-permitted' }
  /** `detail` says which limit, and how it is raised, in a whole sentence. */
  | { readonly reason: 'system-limit'; readonly detail: string };

/** Hints of the folders of one tree, which come by themselves until it is disposed of. Paths are real paths. */
export interface HintSource extends Disposable {
  /** From now on its hints come, whatever was known of that path before. Links are not followed. */
  add(folder: RawPath): Result<undefined, NotWatched>;
  remove(folder: RawPath): void;
}

export interface Watching {
  readonly open: (root: RawPath, receiver: HintReceiver) => Result<HintSource, NotWatched>;
  /**
   * Whether the file system there is one that others change unseen, a network's or a program's. Does not touch it: one that is
   * away would not answer.
   */
  readonly isRemote: (path: RawPath) => boolean;
}
