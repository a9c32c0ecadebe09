/** What the routes need of the inherited key. */
import type { Result } from '../../core/failure.ts';

export type InheritedRotationFailure =
  | { readonly reason: 'key-from-environment'; readonly variable: string }
  | { readonly reason: 'storage-failed'; readonly detail: string };

export interface InheritedKey {
  /** Unix milliseconds, to the minute; undefined: not since the server started. */
  readonly lastUsedAt: number | undefined;
  /** Makes another key, which it returns. */
  rotate(): Result<string, InheritedRotationFailure>;
}
