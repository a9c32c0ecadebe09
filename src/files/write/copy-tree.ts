/** Copies a file, a link or a folder with what is in it, to where nothing is. Each place on the way is one that the caller may use. */
import type { BigIntStats } from 'node:fs';
import { chmod, lstat, mkdir, stat, symlink, utimes } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder, walkTree } from '../../platform/file-changes/index.ts';
import type { TreeWalk } from '../../platform/file-changes/tree-walk.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { linkTargetAt } from '../link-target.ts';
import type { Place, Reach } from '../place.ts';
import type { FoundFile } from '../open-still.ts';
import { copyRegular, timesOf, type CopyWatch } from './copy-file.ts';
import { isStillThere } from './remove.ts';
import type { Room } from './room.ts';
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

interface Source extends FoundFile {
  /** The real one; `at` is the same in a folder that is held. */
  readonly path: RawPath;
}

type Done = Result<undefined, WriteFailure>;

const PRIVATE = 0o700;
/** The disk is asked for its room each time that so many bytes were copied, however many files they are of. */
const ROOM_BYTES = 1024 * 1024;
/** Links that are followed within each other: as many as Linux follows. */
const MAX_FOLLOWED = 40;
const { paths, forSystem } = machinePaths;

export class TreeCopy {
  readonly #reach: Reach;
  readonly #options: TreeOptions;
  readonly #watch: CopyWatch;
  #files = 0;
  #bytes = 0;
  /** Bytes since the disk was asked for its room; it is before the first one. */
  #roomBytes = Infinity;

  constructor(
    reach: Reach,
    options: TreeOptions,
    { room, ...watch }: Omit<CopyWatch, 'copied' | 'roomRefusal'> & { readonly room: Room },
  ) {
    this.#reach = reach;
    this.#options = options;
    this.#watch = {
      ...watch,
      copied: (bytes) => void (this.#bytes += bytes),
      roomRefusal: async (folder, bytes) => {
        this.#roomBytes += bytes;
        if (this.#roomBytes < ROOM_BYTES) return undefined;
        this.#roomBytes = 0;
        return room.refusal(folder, bytes);
      },
    };
  }

  /** So far. */
  get copied(): Copied {
    return { files: this.#files, bytes: this.#bytes };
  }

  throwIfAborted(): void {
    this.#watch.signal.throwIfAborted();
  }

  /** `followed`: links on the way there. Throws what the file system throws, and the reason of the signal. */
  async copy(from: Place, to: RawPath, followed = 0): Promise<Done> {
    await using holder = await holdFolder(paths.dirname(from.path));
    if (!isStillThere(this.#reach, from) || !(await holder.isStill())) return fail({ reason: 'not-found' });
    const at = paths.join(holder.path, paths.basename(from.path));
    const source = { path: from.path, at, isStill: () => isStillThere(this.#reach, from) };
    const stats = await lstat(forSystem(at), { bigint: true });
    return stats.isDirectory() ? await this.#top(source, to, followed) : await this.#thing(source, stats, to, followed);
  }

  async #top(from: Source, to: RawPath, followed: number): Promise<Done> {
    if (!this.#options.recursive) return fail({ reason: 'is-folder' });
    await using source = await walkTree(from.at);
    await mkdir(forSystem(to), PRIVATE);
    await using target = await walkTree(to);
    const stats = await stat(forSystem(source.here), { bigint: true });
    const copied = await this.#contents(source, from.path, target, followed);
    if (copied.ok) await makeAlike(target.here, stats);
    return copied;
  }

  /** Both walks end where they begin. `path`: the real one of the folder. */
  async #contents(source: TreeWalk, path: RawPath, target: TreeWalk, followed: number): Promise<Done> {
    const names = await wholeNamesIn(source.here);
    if (!source.isStill()) return fail({ reason: 'not-found' });
    for (const name of names) {
      const below = { path: paths.join(path, name), at: source.at(name), isStill: () => source.isStill() };
      const stats = await lstat(forSystem(below.at), { bigint: true });
      const copied = stats.isDirectory()
        ? await this.#folder(source, below.path, target, name, followed)
        : await this.#thing(below, stats, target.at(name), followed);
      if (!copied.ok) return copied;
    }
    return ok(undefined);
  }

  async #folder(source: TreeWalk, path: RawPath, target: TreeWalk, name: RawPath, followed: number): Promise<Done> {
    this.throwIfAborted();
    await source.down(name);
    const stats = await stat(forSystem(source.here), { bigint: true });
    if (this.#excludes(path, stats)) return fail({ reason: 'outside-roots' });
    await mkdir(forSystem(target.at(name)), PRIVATE);
    await target.down(name);
    const copied = await this.#contents(source, path, target, followed);
    if (!copied.ok) return copied;
    await target.up((folder) => makeAlike(folder, stats));
    await source.up();
    return ok(undefined);
  }

  async #thing(from: Source, stats: BigIntStats, to: RawPath, followed: number): Promise<Done> {
    this.throwIfAborted();
    if (this.#excludes(from.path, stats)) return fail({ reason: 'outside-roots' });
    if (stats.isSymbolicLink()) return this.#link(from, to, followed);
    if (!stats.isFile()) return fail({ reason: 'is-no-file' });
    const copied = await copyRegular(from, to, this.#watch);
    if (copied.ok) this.#files += 1;
    return copied;
  }

  async #link(from: Source, to: RawPath, followed: number): Promise<Done> {
    if (this.#options.follow) {
      // One may lead back to where it is.
      if (followed >= MAX_FOLLOWED)
        return fail({ reason: 'path-invalid', detail: 'that folder has links that lead back into it' });
      const target = this.#reach.at(from.path, true);
      return target.ok ? this.copy(target.value, to, followed + 1) : target;
    }
    await symlink(forSystem(linkTargetAt(from.at)), forSystem(to));
    this.#files += 1;
    return ok(undefined);
  }

  #excludes(path: RawPath, { dev, ino }: BigIntStats): boolean {
    return this.#reach.excludes(path, `${dev}:${ino}`);
  }
}

async function makeAlike(folder: RawPath, stats: BigIntStats): Promise<void> {
  await chmod(forSystem(folder), Number(stats.mode) & 0o777);
  await utimes(forSystem(folder), ...timesOf(stats));
}
