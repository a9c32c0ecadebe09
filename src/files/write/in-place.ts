/**
 * A file that is written where it is: over what it has, or behind it. Its second names keep up, and it needs no room twice; but a
 * crash or a client that leaves shows in it. Its lock is held from `open…` to the disposal.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { irregularity, isStillAt } from '../../platform/files/open-regular.ts';
import { entryOf, type FileEntry } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { makeParents } from './parents.ts';
import { FILE_MODE, type Written } from './staged-file.ts';
import type { StagedOptions } from './staged-options.ts';
import { expectedAt, targetAt } from './target.ts';
import {
  makeFailureIn,
  writeFailureIn,
  type Expected,
  type VersionDiffers,
  type WriteFailure,
} from './write-failure.ts';
import type { Writing } from './writing.ts';

export type AppendFailure = WriteFailure | { readonly reason: 'size-differs'; readonly size: number };

/** Windows has none but the first of these, and `|` takes an undefined for 0. */
const WRITING = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ROOM_BYTES = 1024 * 1024;
const { paths } = machinePaths;

interface Opened {
  readonly writing: Writing;
  readonly reach: Reach;
  readonly place: Place;
  readonly file: FileHandle;
  readonly lock: Disposable;
  /** What was there before, and stays where it is appended to. */
  readonly start: number;
  readonly made: boolean;
  /** Unix milliseconds. */
  readonly modifiedAt?: number | undefined;
}

export class InPlaceFile implements AsyncDisposable {
  readonly #opened: Opened;
  readonly #hash = new Bun.CryptoHasher('sha256');
  #bytes = 0;
  #roomBytes = 0;
  #state: 'open' | 'finished' | 'closed' = 'open';

  private constructor(opened: Opened) {
    this.#opened = opened;
  }

  /** Empties it, or makes it. `place`: with links followed. */
  static async openEmpty(
    writing: Writing,
    reach: Reach,
    place: Place,
    {
      mode,
      modifiedAt,
      mkdirs = false,
      size = 0,
      expected,
    }: StagedOptions & { readonly expected?: Expected | undefined } = {},
  ): Promise<Result<InPlaceFile, WriteFailure | VersionDiffers>> {
    return opening<WriteFailure | VersionDiffers>(writing, reach, place, async (lock) => {
      const old = await expectedAt(place.path, expected);
      if (!old.ok) return old;
      if (mkdirs) await makeParents(place.path);
      const more = Math.max(0, size - Number(old.value?.size ?? 0));
      const full = await writing.room.refusal(paths.dirname(place.path), more);
      if (full !== undefined) return full;
      const made = old.value === undefined;
      const flags = made ? WRITING | constants.O_CREAT | constants.O_EXCL : WRITING;
      const checked = await openedAt(reach, place, flags);
      if (!checked.ok) return checked;
      const opened = new InPlaceFile({
        writing,
        reach,
        place,
        file: checked.value,
        lock,
        start: 0,
        made,
        modifiedAt,
      });
      await opened.#empty(mode);
      return ok(opened);
    });
  }

  /** Goes on behind what is there, if that has `at` bytes. */
  static async openEnd(
    writing: Writing,
    reach: Reach,
    place: Place,
    { at, size = 0 }: { readonly at?: number | undefined; readonly size?: number | undefined } = {},
  ): Promise<Result<InPlaceFile, AppendFailure>> {
    return opening<AppendFailure>(writing, reach, place, async (lock) => {
      const full = await writing.room.refusal(paths.dirname(place.path), size);
      if (full !== undefined) return full;
      const there = await targetAt(place.path);
      if (!there.ok) return there.failure.reason === 'parent-missing' ? fail({ reason: 'not-found' }) : there;
      if (there.value === undefined) return fail({ reason: 'not-found' });
      const checked = await openedAt(reach, place, WRITING | constants.O_APPEND);
      if (!checked.ok) return checked;
      const file = checked.value;
      let isKept = false;
      try {
        const start = (await file.stat()).size;
        if (at !== undefined && at !== start) return fail({ reason: 'size-differs', size: start });
        isKept = true;
        return ok(new InPlaceFile({ writing, reach, place, file, lock, start, made: false }));
      } finally {
        if (!isKept) await file.close();
      }
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Of what was written here, in hexadecimal. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async write(chunk: Uint8Array): Promise<Result<undefined, WriteFailure>> {
    const { file, writing, place } = this.#opened;
    try {
      for (let rest = chunk; rest.length > 0;) {
        const { bytesWritten } = await file.write(rest);
        this.#bytes += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
    } catch (error) {
      return fail(writeFailureIn(error));
    }
    this.#hash.update(chunk);
    if (this.#bytes - this.#roomBytes < ROOM_BYTES) return ok(undefined);
    this.#roomBytes = this.#bytes;
    return (await writing.room.refusal(paths.dirname(place.path), 0)) ?? ok(undefined);
  }

  /** It is on the disk. */
  async finish(): Promise<Result<Written, WriteFailure>> {
    const { file, modifiedAt, made } = this.#opened;
    try {
      if (modifiedAt !== undefined) await file.utimes(new Date(modifiedAt), new Date(modifiedAt));
      await syncIfCan(file);
    } catch (error) {
      return fail(writeFailureIn(error));
    }
    this.#state = 'finished';
    const entry = this.#entry();
    return entry.ok ? ok({ entry: entry.value, sha256: this.sha256, made }) : entry;
  }

  #entry(): Result<FileEntry, WriteFailure> {
    return entryOf(this.#opened.reach, this.#opened.place);
  }

  async #empty(mode: number | undefined): Promise<void> {
    const { file } = this.#opened;
    try {
      // Before the first byte: whoever may not read the file must not read it while it is written.
      if (mode !== undefined) await file.chmod(mode);
      await file.truncate(0);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** What was appended and not finished is taken back, unless another program has gone on behind it. */
  async #takeBack(): Promise<void> {
    const { file, start } = this.#opened;
    if (start === 0 && this.#bytes === 0) return;
    try {
      const { size } = await file.stat();
      if (size === start + this.#bytes) await file.truncate(start);
    } catch {
      // It stays as it is.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'closed') return;
    const isLeft = this.#state === 'open';
    this.#state = 'closed';
    try {
      if (isLeft) await this.#takeBack();
    } finally {
      using _lock = this.#opened.lock;
      await this.#opened.file.close();
    }
  }
}

/** Files of /proc are on no disk, and cannot be synced. */
async function syncIfCan(file: FileHandle): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  }
}

/** Under the file's lock, which whatever is opened keeps. */
async function opening<Failure extends AppendFailure | VersionDiffers>(
  writing: Writing,
  reach: Reach,
  place: Place,
  openIt: (lock: Disposable) => Promise<Result<InPlaceFile, Failure>>,
): Promise<Result<InPlaceFile, Failure | WriteFailure>> {
  const refused = writing.protectedPlaces.refusal(reach, place);
  if (refused !== undefined) return refused;
  const lock = await writing.locks.hold([place.path]);
  let isKept = false;
  try {
    const opened = await openIt(lock);
    isKept = opened.ok;
    return opened;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return fail({ reason: 'is-no-file' });
    return fail(makeFailureIn(error));
  } finally {
    if (!isKept) lock[Symbol.dispose]();
  }
}

/** What is opened is what was checked: a file under that name, in that folder, whatever becomes of its path meanwhile. */
async function openedAt(reach: Reach, place: Place, flags: number): Promise<Result<FileHandle, WriteFailure>> {
  await using folder = await holdFolder(paths.dirname(place.path));
  if (!reach.isStill(place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
  const at = folder.at(paths.basename(place.path));
  const file = await open(at, flags, FILE_MODE);
  let isKept = false;
  try {
    const irregular = irregularity(await file.stat());
    if (irregular !== undefined) return fail(irregular);
    if (!(await isStillAt(at, file))) return fail({ reason: 'outside-roots' });
    isKept = true;
    return ok(file);
  } finally {
    if (!isKept) await file.close();
  }
}
