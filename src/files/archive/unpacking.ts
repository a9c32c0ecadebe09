/**
 * An archive on its way into a folder. It is unpacked as it comes (a zip once all of it is there, since its end says what is in
 * it) in a folder of its own beside what it will be: in the target where that is there, else beside it.
 *
 *   create ──write…──▶ finish     all is moved in
 *      └────write…──▶ disposed    nothing of it is left, the target is untouched
 *
 * Each call awaits the one before it.
 */
import { lstat, mkdir, open, rename } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Place, Reach } from '../place.ts';
import { FOLDER_MODE } from '../write/parents.ts';
import { removeLeft } from '../write/remove-left.ts';
import type { StagedName } from '../write/staged-names.ts';
import type { Writing } from '../write/writing.ts';
import type { ArchiveFormat } from './archive-format.ts';
import { StagedInput, StreamedInput, type Input } from './archive-input.ts';
import { moveIn } from './move-in.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';
import { newFolderFailureIn, unpackFailureIn, type UnpackFailure } from './unpack-failure.ts';
import { UnpackLimits, type LimitNumbers } from './unpack-limits.ts';
import { UnpackedTree } from './unpacked-tree.ts';

export interface UnpackOptions {
  readonly format: ArchiveFormat;
  /** Whether files and links that are there are replaced. Default: no, the whole is refused. */
  readonly overwrite?: boolean;
  /** Leading parts of each name that are left out. Default 0. */
  readonly strip?: number;
  /** Whether folders that are there get the modes and times of the archive, too. Default: only new ones. */
  readonly folders?: boolean;
  readonly limits?: LimitNumbers;
}

export interface Unpacked {
  /** Files and links. */
  readonly files: number;
  /** Of all files. */
  readonly bytes: number;
}

const PRIVATE = 0o700;
const { paths, forSystem } = machinePaths;

export class Unpacking implements AsyncDisposable {
  readonly #writing: Writing;
  readonly #reach: Reach;
  readonly #place: Place;
  readonly #options: UnpackOptions;
  readonly #name: StagedName;
  /** Whether the target is there. */
  readonly #isThere: boolean;
  readonly #limits: UnpackLimits;
  readonly #tree: UnpackedTree;
  #input: Input | undefined;

  private constructor(
    writing: Writing,
    reach: Reach,
    place: Place,
    options: UnpackOptions,
    name: StagedName,
    isThere: boolean,
  ) {
    this.#writing = writing;
    this.#reach = reach;
    this.#place = place;
    this.#options = options;
    this.#name = name;
    this.#isThere = isThere;
    this.#limits = new UnpackLimits(options.limits);
    this.#tree = new UnpackedTree(this.#content, this.#limits, writing.room);
  }

  /** `place`: with links followed. */
  static async create(
    writing: Writing,
    reach: Reach,
    place: Place,
    options: UnpackOptions,
  ): Promise<Result<Unpacking, UnpackFailure>> {
    const { path } = place;
    try {
      const there = await statsAt(path);
      if (there !== undefined && !there.isDirectory()) return fail({ reason: 'is-no-folder' });
      const holder = reach.at(there === undefined ? paths.dirname(path) : path, true);
      if (!holder.ok) return holder;
      const full = await writing.room.refusal(holder.value.path, 0);
      if (full !== undefined) return full;
      const name = writing.names.note(there === undefined ? path : paths.join(path, 'unpacked'));
      const unpacking = new Unpacking(writing, reach, place, options, name, there !== undefined);
      let isKept = false;
      try {
        await mkdir(forSystem(name.path), PRIVATE);
        if (!reach.isStill(place)) return fail({ reason: 'outside-roots' });
        await mkdir(forSystem(unpacking.#content), FOLDER_MODE);
        unpacking.#input = await unpacking.#open();
        isKept = true;
        return ok(unpacking);
      } finally {
        if (!isKept) await unpacking[Symbol.asyncDispose]();
      }
    } catch (error) {
      return fail(newFolderFailureIn(error));
    }
  }

  async write(piece: Uint8Array): Promise<Result<undefined, UnpackFailure>> {
    this.#limits.received += piece.length;
    return (await this.#input?.write(piece)) ?? ok(undefined);
  }

  async finish(): Promise<Result<Unpacked, UnpackFailure>> {
    const read = await this.#input?.end();
    if (read !== undefined && !read.ok) return read;
    const { path } = this.#place;
    try {
      await this.#tree.makeLinks(this.#isThere ? path : undefined);
      if (!this.#reach.isStill(this.#place)) return fail({ reason: 'outside-roots' });
      if (this.#isThere) {
        const { overwrite = false, folders = false } = this.#options;
        const moved = await moveIn(this.#writing, this.#reach, this.#content, path, overwrite);
        if (!moved.ok) return moved;
        await this.#tree.finishFolders(path, (name) =>
          moved.value.has(name) ? folders && this.#mayChange(paths.join(path, name)) : true,
        );
      } else {
        const moved = await unlessHeld(() => rename(forSystem(this.#content), forSystem(path)));
        if (!moved.ok) return moved;
        await this.#tree.finishFolders(path, () => true);
      }
      await syncFolder(forSystem(this.#isThere ? path : paths.dirname(path)));
      return ok({ files: this.#tree.files, bytes: this.#tree.bytes });
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST')
        return fail({ reason: 'entry-exists', name: machinePaths.toText(paths.basename(path)) });
      return fail(unpackFailureIn(error));
    }
  }

  /** What is unpacked by now, of what may yet be refused. */
  get progress(): Unpacked {
    return { files: this.#tree.files, bytes: this.#tree.bytes };
  }

  #mayChange(path: RawPath): boolean {
    const place = { shown: path, path };
    return this.#reach.isStill(place) && this.#writing.protectedPlaces.refusal(this.#reach, place) === undefined;
  }

  get #content(): RawPath {
    return paths.join(this.#name.path, 'content');
  }

  async #open(): Promise<Input> {
    const { format, strip = 0 } = this.#options;
    if (format !== 'zip')
      return new StreamedInput((pieces) => readTar(pieces, format === 'tar.gz', this.#tree, { strip }));
    const path = paths.join(this.#name.path, 'archive');
    const file = await open(forSystem(path), 'wx', 0o600);
    return new StagedInput(file, this.#writing, this.#name.path, () => readZip(path, this.#tree, { strip }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input?.[Symbol.asyncDispose]();
    try {
      const removed = await unlessHeld(() => removeLeft(this.#name.path));
      if (removed.ok) this.#name.forget();
    } catch {
      // It stays noted, and goes at the next start.
    }
  }
}

async function statsAt(path: RawPath) {
  try {
    return await lstat(forSystem(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
