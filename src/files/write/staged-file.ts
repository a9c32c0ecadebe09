/**
 * A file as a whole: written beside its target under a name of its own, then renamed over it. A reader, or a crash, finds the old
 * bytes or the new ones; a second name (hard link) of the old file keeps the old ones. Mode and, where this process may give files
 * away, owner of the old file stay.
 *
 *   create ──write…──▶ finish            sync + replace under the file's lock
 *      └────write…──▶ sync ──▶ replace   for whoever holds the locks of several files, and checks all before the first one
 *      └── disposed before that: nothing of it is left, the old file is untouched
 *
 *     await using staged = …value of await StagedFile.create(writing, reach, place);
 *     await staged.write(bytes);
 *     const written = await staged.finish(expected);
 *
 * Each call awaits the one before it.
 */
import { constants, type BigIntStats } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import type { HeldFolder } from '../../platform/file-changes/held-folder.ts';
import { holdFolder, unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { isStillAt } from '../../platform/files/open-regular.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import { entryOf, type FileEntry } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { giveTo } from './give-to.ts';
import { linkTo } from './link-to.ts';
import { makeParents } from './parents.ts';
import type { StagedName } from './staged-names.ts';
import type { AdoptOptions, Marks, StagedOptions } from './staged-options.ts';
import { expectedAt, targetAt } from './target.ts';
import {
  makeFailureIn,
  writeFailureIn,
  type Expected,
  type VersionDiffers,
  type WriteFailure,
} from './write-failure.ts';
import type { Writing } from './writing.ts';
import { writeWhole } from '../../platform/files/write-whole.ts';

export interface Written {
  readonly entry: FileEntry;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Whether nothing was there. */
  readonly made: boolean;
}

/** Of a new one, less what the umask takes. */
export const FILE_MODE = 0o644;
const PRIVATE = 0o600;
/** The disk is asked for its room each time that so many bytes were written. */
const ROOM_BYTES = 1024 * 1024;
/** Windows has no O_NOFOLLOW, and `|` takes an undefined for 0; O_EXCL follows no link either. */
const MAKING = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const { paths, forSystem } = machinePaths;

export class StagedFile implements AsyncDisposable {
  readonly place: Place;
  readonly #writing: Writing;
  readonly #reach: Reach;
  readonly #marks: Marks;
  readonly #name: StagedName;
  readonly #folder: HeldFolder;
  readonly #file: FileHandle;
  readonly #hash = new Bun.CryptoHasher('sha256');
  #bytes = 0;
  /** Whether it stays where it is when it is disposed before it has taken the target's place. */
  #stays = false;
  #roomBytes = 0;
  #state: 'open' | 'closed' | 'replaced' | 'gone' = 'open';

  private constructor(
    writing: Writing,
    reach: Reach,
    place: Place,
    marks: Marks,
    name: StagedName,
    folder: HeldFolder,
    file: FileHandle,
  ) {
    this.#writing = writing;
    this.#reach = reach;
    this.place = place;
    this.#marks = marks;
    this.#name = name;
    this.#folder = folder;
    this.#file = file;
  }

  /** `place`: with links followed. Refused for what is no file, is protected, has no folder to be in, or has no room. */
  static async create(
    writing: Writing,
    reach: Reach,
    place: Place,
    { mode, modifiedAt, mkdirs = false, size = 0 }: StagedOptions = {},
  ): Promise<Result<StagedFile, WriteFailure>> {
    const refused = writing.protectedPlaces.refusal(reach, place);
    if (refused !== undefined) return refused;
    const old = await targetAt(place.path);
    if (!old.ok) return old;
    try {
      if (mkdirs) await makeParents(place.path);
      const full = await writing.room.refusal(paths.dirname(place.path), size);
      if (full !== undefined) return full;
      const isNew = old.value === undefined && mode === undefined;
      return await StagedFile.#make(writing, reach, place, { mode, modifiedAt }, isNew ? FILE_MODE : PRIVATE);
    } catch (error) {
      return fail(makeFailureIn(error));
    }
  }

  /** The same where what is there is not as expected: refused before anything of it comes. */
  static async open(
    writing: Writing,
    reach: Reach,
    place: Place,
    { expected, ...options }: StagedOptions & { readonly expected?: Expected | undefined },
  ): Promise<Result<StagedFile, WriteFailure | VersionDiffers>> {
    const old = await expectedAt(place.path, expected);
    return !old.ok && old.failure.reason === 'version-differs'
      ? fail(old.failure)
      : StagedFile.create(writing, reach, place, options);
  }

  static async #make(
    writing: Writing,
    reach: Reach,
    place: Place,
    marks: Marks,
    modeMeanwhile: number,
  ): Promise<Result<StagedFile, WriteFailure>> {
    await using making = new AsyncDisposableStack();
    const folder = making.use(await holdFolder(paths.dirname(place.path)));
    if (!reach.isStill(place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
    const name = writing.names.note(place.path);
    try {
      const file = await open(folder.at(paths.basename(name.path)), MAKING, modeMeanwhile);
      making.move();
      return ok(new StagedFile(writing, reach, place, marks, name, folder, file));
    } catch (error) {
      name.forget();
      return fail(makeFailureIn(error, paths.dirname(name.path)));
    }
  }

  /**
   * What was written at `path`, beside the target, over several requests or servers; it is read for its hash. Disposed before it is
   * finished it stays. Rejects with the reason of the signal once that is aborted.
   */
  static async adopt(
    writing: Writing,
    reach: Reach,
    place: Place,
    { path, signal, ...marks }: AdoptOptions,
  ): Promise<Result<StagedFile, WriteFailure>> {
    await using adopting = new AsyncDisposableStack();
    try {
      const folder = adopting.use(await holdFolder(paths.dirname(path)));
      if (!reach.isStill(place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
      const file = await open(folder.at(paths.basename(path)), constants.O_RDWR | constants.O_NOFOLLOW);
      adopting.adopt(file, (one) => one.close());
      const staged = new StagedFile(writing, reach, place, marks, { path, forget: () => {} }, folder, file);
      staged.#stays = true;
      await staged.#readAll(signal);
      adopting.move();
      return ok(staged);
    } catch (error) {
      signal.throwIfAborted();
      return fail(writeFailureIn(error));
    }
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    const piece = new Uint8Array(ROOM_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, this.#bytes);
      if (bytesRead === 0) return;
      this.#hash.update(piece.subarray(0, bytesRead));
      this.#bytes += bytesRead;
    }
  }

  /** Beside its target. */
  get path(): RawPath {
    return this.#name.path;
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 of them, in hexadecimal. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async write(chunk: Uint8Array): Promise<Result<undefined, WriteFailure>> {
    try {
      const written = writeWhole(this.#file, chunk);
      // Meanwhile: the write has a thread of its own.
      this.#hash.update(chunk);
      await written;
    } catch (error) {
      return fail(writeFailureIn(error));
    }
    this.#bytes += chunk.length;
    if (this.#bytes - this.#roomBytes < ROOM_BYTES) return ok(undefined);
    this.#roomBytes = this.#bytes;
    return (await this.#writing.room.refusal(paths.dirname(this.place.path), 0)) ?? ok(undefined);
  }

  /** Takes the target's place, if that is as expected (default: whatever is there). */
  async finish(expected?: Expected): Promise<Result<Written, WriteFailure | VersionDiffers>> {
    const synced = await this.sync();
    if (!synced.ok) return synced;
    using _lock = await this.#writing.locks.hold([this.place.path]);
    return await this.replace(expected);
  }

  /** All of it is on the disk, and as the old file is. */
  async sync(): Promise<Result<undefined, WriteFailure>> {
    const old = await targetAt(this.place.path);
    if (!old.ok) return old;
    try {
      if (old.value !== undefined) await giveTo(this.#file, old.value);
      // Without the bits that give a program its owner's rights: the content is another one now.
      const mode = this.#marks.mode ?? (old.value && Number(old.value.mode) & 0o777);
      if (mode !== undefined) await this.#file.chmod(mode);
      const { modifiedAt } = this.#marks;
      if (modifiedAt !== undefined) await this.#file.utimes(new Date(modifiedAt), new Date(modifiedAt));
      await this.#file.sync();
      return ok(undefined);
    } catch (error) {
      return fail(writeFailureIn(error));
    }
  }

  /** Whether what is there is still what may be replaced. Whoever calls it holds the file's lock. */
  async check(expected?: Expected): Promise<Result<BigIntStats | undefined, WriteFailure | VersionDiffers>> {
    return expectedAt(this.place.path, expected);
  }

  /** Checks, and takes the target's place. Whoever calls it has synced it, and holds the file's lock. */
  async replace(expected?: Expected): Promise<Result<Written, WriteFailure | VersionDiffers>> {
    const old = await this.check(expected);
    if (!old.ok) return old;
    const from = this.#staged;
    const to = this.#folder.at(paths.basename(this.place.path));
    try {
      // The folder may have been moved meanwhile, and the new file replaced.
      const isStill = this.#reach.isStill(this.place) && (await this.#folder.isStill());
      if (!isStill || !(await isStillAt(from, this.#file))) return fail({ reason: 'outside-roots' });
      await this.#close();
      const made = expected === 'none' && (await linkTo(from, to));
      const renamed = made ? ok(undefined) : await unlessHeld(() => rename(from, to));
      if (!renamed.ok) return renamed;
      // A link has left the first name behind, which goes with the disposal.
      if (made) await rm(from, { force: true });
      this.#state = 'replaced';
      await syncFolder(forSystem(paths.dirname(this.place.path)));
      const entry = entryOf(this.#reach, this.place);
      return entry.ok ? ok({ entry: entry.value, sha256: this.sha256, made: old.value === undefined }) : entry;
    } catch (error) {
      // Another program was faster than the link.
      if (expected !== 'none' || codeOf(error) !== 'EEXIST') return fail(makeFailureIn(error));
      const there = await this.check(expected);
      return there.ok ? fail({ reason: 'version-differs', version: undefined }) : there;
    }
  }

  get #staged(): string | Buffer {
    return this.#folder.at(paths.basename(this.#name.path));
  }

  async #close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    await this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'gone') return;
    await using _folder = this.#folder;
    await this.#close();
    const isLeft = this.#state === 'closed' && !this.#stays;
    this.#state = 'gone';
    try {
      const removed = isLeft ? await unlessHeld(() => rm(this.#staged, { force: true })) : ok(undefined);
      if (removed.ok) this.#name.forget();
    } catch {
      // It stays noted, and goes at the next start.
    }
  }
}
