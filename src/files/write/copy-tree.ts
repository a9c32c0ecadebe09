/** Copies a file, a link or a folder with what is in it, to where nothing is. Each place on the way is one that the caller may use. */
import { chmod, lstat, mkdir, symlink, utimes } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Place, Reach } from '../place.ts';
import { copyRegular, timesOf, type CopyWatch } from './copy-file.ts';
import { isStillThere } from './remove.ts';
import { wholeNamesIn } from './whole-names-in.ts';
import type { WriteFailure } from './write-failure.ts';

export interface Copied {
  /** Files and links. */
  readonly files: number;
  readonly bytes: number;
}

export interface TreeOptions {
  /** Whether a folder is copied with what is in it. */
  readonly recursive: boolean;
  /** Whether what a link leads to is copied in its place. */
  readonly follow: boolean;
}

const PRIVATE = 0o700;
const MAX_DEPTH = 1000;
const { paths, forSystem } = machinePaths;

export class TreeCopy {
  readonly #reach: Reach;
  readonly #options: TreeOptions;
  readonly #watch: CopyWatch;
  #files = 0;
  #bytes = 0;

  constructor(reach: Reach, options: TreeOptions, watch: Omit<CopyWatch, 'copied'>) {
    this.#reach = reach;
    this.#options = options;
    this.#watch = { ...watch, copied: (bytes) => void (this.#bytes += bytes) };
  }

  /** So far. */
  get copied(): Copied {
    return { files: this.#files, bytes: this.#bytes };
  }

  throwIfAborted(): void {
    this.#watch.signal.throwIfAborted();
  }

  /** Throws what the file system throws, and the reason of the signal. */
  async copy(from: Place, to: RawPath, depth = 0): Promise<Result<undefined, WriteFailure>> {
    this.throwIfAborted();
    const stats = await lstat(forSystem(from.path), { bigint: true });
    if (stats.isSymbolicLink()) return this.#copyLink(from, to, depth);
    if (stats.isDirectory()) {
      if (!this.#options.recursive) return fail({ reason: 'is-folder' });
      return this.#copyFolder(from, to, depth);
    }
    if (!stats.isFile()) return fail({ reason: 'is-no-file' });
    const copied = await copyRegular(this.#reach, from, to, this.#watch);
    if (copied.ok) this.#files += 1;
    return copied;
  }

  async #copyLink(from: Place, to: RawPath, depth: number): Promise<Result<undefined, WriteFailure>> {
    if (this.#options.follow) {
      const target = this.#reach.at(from.path, true);
      return target.ok ? this.copy(target.value, to, depth) : target;
    }
    await symlink(forSystem(machinePaths.readLink(from.path)), forSystem(to));
    this.#files += 1;
    return ok(undefined);
  }

  async #copyFolder(from: Place, to: RawPath, depth: number): Promise<Result<undefined, WriteFailure>> {
    // Links that are followed may lead back to where they are.
    if (depth >= MAX_DEPTH)
      return fail({ reason: 'path-invalid', detail: 'that folder is too deep, or leads back into itself' });
    const stats = await lstat(forSystem(from.path), { bigint: true });
    const names = await wholeNamesIn(from.path);
    if (!isStillThere(this.#reach, from)) return fail({ reason: 'not-found' });
    await mkdir(forSystem(to), PRIVATE);
    for (const name of names) {
      const below = this.#reach.at(paths.join(from.path, name), false);
      if (!below.ok) return below;
      const copied = await this.copy(below.value, paths.join(to, name), depth + 1);
      if (!copied.ok) return copied;
    }
    // By name: it is in a folder that has a random one.
    await chmod(forSystem(to), Number(stats.mode) & 0o777);
    await utimes(forSystem(to), ...timesOf(stats));
    return ok(undefined);
  }
}
