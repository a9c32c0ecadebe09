/** A copy that goes on while others wait for it, or do not. */
import { ok, type Result } from '../../core/failure.ts';
import type { Place, Reach } from '../place.ts';
import { copyTo, type CopyFailure, type PlaceOptions } from './copy.ts';
import { TreeCopy, type Copied, type TreeOptions } from './copy-tree.ts';
import type { Writing } from './writing.ts';

export type CopyEnd = Result<Copied, CopyFailure | { readonly reason: 'aborted' }>;

export class CopyRun {
  readonly #abort = new AbortController();
  readonly #tree: TreeCopy;
  /** Never rejects, but for a mistake of ours. */
  readonly ended: Promise<CopyEnd>;

  constructor(writing: Writing, reach: Reach, from: Place, to: Place, options: TreeOptions & PlaceOptions) {
    const { signal } = this.#abort;
    // Of a folder, which may have a million files in it, the system decides when they are on the disk.
    this.#tree = new TreeCopy(reach, options, { signal, room: writing.room, sync: !options.recursive });
    this.ended = this.#run(copyTo(writing, reach, from, to, this.#tree, options));
  }

  /** So far. */
  get copied(): Copied {
    return this.#tree.copied;
  }

  /** What was copied is removed again. */
  abort(): void {
    this.#abort.abort();
  }

  async #run(copying: Promise<Result<undefined, CopyFailure>>): Promise<CopyEnd> {
    try {
      const end = await copying;
      return end.ok ? ok(this.#tree.copied) : end;
    } catch (error) {
      if (this.#abort.signal.aborted) return { ok: false, failure: { reason: 'aborted' } };
      throw error;
    }
  }
}

/** Makes a job of a copy that takes long. `name`: what its record shows as its command; `sentence`: why it failed. */
export interface CopyJobs {
  take(
    run: CopyRun,
    name: string,
    sentence: (failure: Extract<CopyEnd, { ok: false }>['failure']) => string,
  ): Result<string, { readonly reason: 'shutting-down' | 'job-not-made' }>;
}
