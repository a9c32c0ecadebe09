/**
 * Files that come in parts, over connections that break and servers that restart. The bytes are beside the target, as those of
 * any file that is written; how many have come is the size of that file, so what is told is never more than what is there.
 *
 *   create ──append…──▶ finish    hashed, checked, renamed over the target
 *      └────append…──▶ drop, or 24 h without a request: nothing of it is left
 *
 * One request at a time has hold of an upload; another one is told so.
 */
import { constants } from 'node:fs';
import { lstat, open, rm, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../../core/clock.ts';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { newId } from '../../core/id.ts';
import { holdFolder } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { Place, Reach } from '../place.ts';
import { makeParents } from '../write/parents.ts';
import { FILE_MODE, StagedFile, type Written } from '../write/staged-file.ts';
import { besideTarget } from '../write/staged-names.ts';
import { targetAt } from '../write/target.ts';
import { makeFailureIn, writeFailureIn } from '../write/write-failure.ts';
import type { Writing } from '../write/writing.ts';
import type { FinishFailure, UploadBusy, UploadFailure, UploadUnknown } from './upload-failure.ts';
import { UploadNotes, type UploadNote } from './upload-notes.ts';
import { UploadWriter } from './upload-writer.ts';

export interface UploadOptions {
  /** Bytes of the whole. */
  readonly size: number;
  /** What it must have, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
  /** When its content changed. Unix milliseconds. Default: when its last part came. */
  readonly modifiedAt?: number | undefined;
  /** Whether missing folders above it are made. Default: no. */
  readonly mkdirs?: boolean | undefined;
  /** The version that is replaced; `none`: nothing may be there. Default: whatever is. */
  readonly version?: string | undefined;
}

export interface UploadCaller {
  readonly keyId: string;
  /** Whether it may go on with those of other keys. */
  readonly mayUseAll: boolean;
  readonly reach: Reach;
}

export interface Upload {
  readonly note: UploadNote;
  /** Bytes that have come. */
  readonly offset: number;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

export const IDLE_MS = 24 * 60 * 60 * 1000;
const SWEEP_MS = 60 * 60 * 1000;
const MAX_UPLOADS = 1000;
const MAKING = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const GOING_ON = constants.O_RDWR | constants.O_NOFOLLOW;
const { paths, forSystem } = machinePaths;

export class Uploads implements Disposable {
  readonly #notes: UploadNotes;
  readonly #writing: Writing;
  readonly #clock: Clock;
  /** Those that a request has hold of. */
  readonly #held = new Set<string>();
  #sweep: Disposable | undefined;

  /** `folder`: where notes are kept. */
  constructor(folder: string, writing: Writing, clock: Clock) {
    this.#notes = new UploadNotes(folder);
    this.#writing = writing;
    this.#clock = clock;
    this.#sweepLater();
  }

  /** `place`: with links followed. */
  async create(caller: UploadCaller, place: Place, options: UploadOptions): Promise<Result<Upload, UploadFailure>> {
    const { size, mkdirs = false, sha256, mode, modifiedAt, version } = options;
    if (this.#notes.ids().length >= MAX_UPLOADS) return fail({ reason: 'uploads-too-many', limit: MAX_UPLOADS });
    const refused = this.#writing.protectedPlaces.refusal(caller.reach, place);
    if (refused !== undefined) return refused;
    const old = await targetAt(place.path);
    if (!old.ok) return old;
    const isNew = old.value === undefined && mode === undefined;
    const id = newId();
    const note: UploadNote = {
      id,
      keyId: caller.keyId,
      shown: place.shown,
      path: place.path,
      staged: besideTarget(place.path, id),
      size,
      ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
      ...(mode !== undefined && { mode }),
      ...(modifiedAt !== undefined && { modifiedAt }),
      ...(version !== undefined && { version }),
      usedAt: this.#clock.now(),
    };
    try {
      if (mkdirs) await makeParents(place.path);
      const full = await this.#writing.room.refusal(paths.dirname(place.path), size);
      if (full !== undefined) return full;
      // Noted first: what a crash leaves is dropped when it has been idle.
      this.#notes.write(note);
      let isKept = false;
      try {
        await using folder = await holdFolder(paths.dirname(note.staged));
        if (!caller.reach.isStill(place) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
        // A new one keeps what the umask leaves: the server that finishes it may have another umask.
        const modeMeanwhile = isNew ? FILE_MODE : 0o600;
        const file = await open(folder.at(paths.basename(note.staged)), MAKING, modeMeanwhile);
        await file.close();
        isKept = true;
        return ok(this.#upload(note, 0));
      } finally {
        if (!isKept) await this.#remove(note);
      }
    } catch (error) {
      return fail(makeFailureIn(error, paths.dirname(place.path)));
    }
  }

  async get(id: string, caller: UploadCaller): Promise<Result<Upload, UploadUnknown>> {
    const note = await this.#find(id, caller);
    if (!note.ok) return note;
    const offset = await sizeOf(note.value);
    return offset === undefined ? fail({ reason: 'upload-unknown' }) : ok(this.#upload(note.value, offset));
  }

  /** Whoever gets the writer disposes it. Refused where `offset` is not what has come. */
  async append(id: string, caller: UploadCaller, offset: number): Promise<Result<UploadWriter, UploadFailure>> {
    return this.#open(id, caller, async (note, file, bytes, letGo) => {
      if (bytes !== offset) return fail({ reason: 'offset-differs', offset: bytes });
      const used = () => this.#notes.write({ ...note, usedAt: this.#clock.now() });
      return ok(new UploadWriter(file, note, bytes, this.#writing.room, { used, letGo }));
    });
  }

  /** Refused before all has come, or where it has another hash; then it stays as it is, and so does the target. */
  async finish(id: string, caller: UploadCaller, signal: AbortSignal): Promise<Result<Written, FinishFailure>> {
    const found = await this.#find(id, caller);
    if (!found.ok) return found;
    const { path, shown, staged, size, sha256, version, mode, modifiedAt } = found.value;
    const offset = await sizeOf(found.value);
    if (offset === undefined) return fail({ reason: 'upload-unknown' });
    if (this.#held.has(id)) return fail({ reason: 'upload-busy', offset });
    if (offset !== size) return fail({ reason: 'upload-incomplete', offset });
    this.#held.add(id);
    using _held = { [Symbol.dispose]: () => void this.#held.delete(id) };
    const adopted = await StagedFile.adopt(
      this.#writing,
      caller.reach,
      { shown, path },
      { path: staged, mode, modifiedAt, signal },
    );
    if (!adopted.ok) return adopted;
    await using whole = adopted.value;
    if (sha256 !== undefined && sha256 !== whole.sha256) return fail({ reason: 'upload-hash-differs' });
    const expected = version === undefined || version === 'none' ? version : (one: string) => one === version;
    const written = await whole.finish(expected);
    if (written.ok) this.#notes.remove(id);
    return written;
  }

  async drop(id: string, caller: UploadCaller): Promise<Result<undefined, UploadUnknown | UploadBusy>> {
    const note = await this.#find(id, caller);
    if (!note.ok) return note;
    if (this.#held.has(id)) return fail({ reason: 'upload-busy', offset: (await sizeOf(note.value)) ?? 0 });
    await this.#remove(note.value);
    return ok(undefined);
  }

  /** Drops those that nobody has used for a day. */
  async dropIdle(): Promise<void> {
    for (const id of this.#notes.ids()) {
      const note = this.#notes.read(id);
      if (note !== undefined && this.#isIdle(note)) await this.#remove(note);
    }
  }

  async #open<T>(
    id: string,
    caller: UploadCaller,
    use: (note: UploadNote, file: FileHandle, bytes: number, letGo: () => void) => Promise<Result<T, UploadFailure>>,
  ): Promise<Result<T, UploadFailure>> {
    const note = await this.#find(id, caller);
    if (!note.ok) return note;
    if (this.#held.has(id)) return fail({ reason: 'upload-busy', offset: (await sizeOf(note.value)) ?? 0 });
    this.#held.add(id);
    const letGo = () => void this.#held.delete(id);
    let file: FileHandle | undefined;
    let isKept = false;
    try {
      await using folder = await holdFolder(paths.dirname(note.value.staged));
      if (!caller.reach.isStill(note.value) || !(await folder.isStill())) return fail({ reason: 'outside-roots' });
      file = await open(folder.at(paths.basename(note.value.staged)), GOING_ON);
      const { size } = await file.stat();
      const used = await use(note.value, file, size, letGo);
      isKept = used.ok;
      return used;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return fail({ reason: 'upload-unknown' });
      return fail(writeFailureIn(error));
    } finally {
      if (!isKept) {
        letGo();
        await file?.close();
      }
    }
  }

  async #find(id: string, { keyId, mayUseAll, reach }: UploadCaller): Promise<Result<UploadNote, UploadUnknown>> {
    const note = this.#notes.read(id);
    if (note === undefined || (note.keyId !== keyId && !mayUseAll)) return fail({ reason: 'upload-unknown' });
    if (this.#isIdle(note)) {
      await this.#remove(note);
      return fail({ reason: 'upload-unknown' });
    }
    // Folders on the way may have become links since, and roots others.
    return reach.isStill(note) ? ok(note) : fail({ reason: 'outside-roots' });
  }

  #isIdle({ id, usedAt }: UploadNote): boolean {
    return !this.#held.has(id) && this.#clock.now() - usedAt >= IDLE_MS;
  }

  #upload(note: UploadNote, offset: number): Upload {
    return { note, offset, expiresAt: note.usedAt + IDLE_MS };
  }

  async #remove({ id, staged }: UploadNote): Promise<void> {
    try {
      await rm(forSystem(staged), { force: true });
      this.#notes.remove(id);
    } catch {
      // Its disk is away, or another program holds it: it is tried again with the next sweep.
    }
  }

  #sweepLater(): void {
    this.#sweep = this.#clock.after(SWEEP_MS, () => {
      void this.dropIdle();
      this.#sweepLater();
    });
  }

  [Symbol.dispose](): void {
    this.#sweep?.[Symbol.dispose]();
  }
}

/** Undefined where it is gone. */
async function sizeOf({ staged }: UploadNote): Promise<number | undefined> {
  try {
    return (await lstat(forSystem(staged))).size;
  } catch {
    return undefined;
  }
}
