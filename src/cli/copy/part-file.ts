/**
 * A file on its way from a server: beside its target, as `.NAME.<where from>-<which version>.part`, so that the same command goes
 * on with it and another version does not. It takes the target's place once all of it is there: the target is old or new.
 *
 *   open ──write…──▶ place          renamed over the target
 *     └────write…──▶ keep or remove
 */
import { constants } from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { linkTo } from '../../files/write/link-to.ts';
import { unlessHeld } from '../../platform/file-changes/index.ts';
import { syncFolder } from '../../platform/files/sync-folder.ts';
import { Refusal } from './refusal.ts';
import type { Thing } from './thing.ts';

const PRIVATE = 0o600;
const MAX_NAME_BYTES = 180;
const NEW_FILE = 0o666;
const STEP_BYTES = 4 * 1024 * 1024;
/** Windows has no O_NOFOLLOW, and `|` takes an undefined for 0. */
const WRITING = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

export class PartFile implements AsyncDisposable {
  readonly #target: string;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #hash = new Bun.CryptoHasher('sha256');
  /** What an earlier command has got. */
  readonly resumedAt: number;
  #bytes: number;
  #isPlaced = false;
  /** Whether what is there stays for the next command, unless it is placed. */
  isKept = false;

  private constructor(target: string, path: string, file: FileHandle, bytes: number) {
    this.#target = target;
    this.#path = path;
    this.#file = file;
    this.resumedAt = bytes;
    this.#bytes = bytes;
  }

  /** `from`: where it comes from. Throws what the file system throws. */
  static async open(target: string, from: string, source: Thing, resume: boolean): Promise<PartFile> {
    const folder = dirname(target);
    const name = basename(target);
    const begin = `.${Buffer.byteLength(name) > MAX_NAME_BYTES ? '' : `${name}.`}${short(from + target)}-`;
    const own = `${begin}${short(source.version)}.part`;
    for (const other of await readdir(folder)) {
      const isOfOther = other.startsWith(begin) && other.endsWith('.part') && (other !== own || !resume);
      if (isOfOther) await rm(join(folder, other), { force: true });
    }
    const path = join(folder, own);
    const file = await open(path, WRITING, PRIVATE);
    let isKept = false;
    try {
      const { size } = await file.stat();
      // What is longer than the file is not of it.
      if (size > source.size) await file.truncate(0);
      const part = new PartFile(target, path, file, size > source.size ? 0 : size);
      await part.#readAll();
      isKept = true;
      return part;
    } finally {
      if (!isKept) await file.close();
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** In hexadecimal. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.length > 0;) {
      const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#bytes);
      this.#hash.update(rest.subarray(0, bytesWritten));
      this.#bytes += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  /** Gives it mode and time, and the target's place. `old`: what is there. */
  async place({ mode, modifiedAt }: Thing, old: Thing | undefined, noClobber: boolean): Promise<void> {
    const bits = mode ?? old?.mode;
    await this.#file.chmod(bits === undefined ? NEW_FILE & ~process.umask() : Number.parseInt(bits, 8));
    const changedAt = new Date(Math.round(modifiedAt * 1000));
    await this.#file.utimes(changedAt, changedAt);
    await this.#file.sync();
    await this.#file.close();
    this.#isPlaced = true;
    try {
      if (noClobber && (await this.#placeAsNew())) return;
      const placed = await unlessHeld(() => rename(this.#path, this.#target));
      if (!placed.ok) throw new Refusal(`${this.#target} is in use: another program holds it`);
    } catch (error) {
      await rm(this.#path, { force: true });
      throw error;
    }
    await syncFolder(dirname(this.#target));
  }

  /** False where the file system has no second names; then what has come there meanwhile shows only now. */
  async #placeAsNew(): Promise<boolean> {
    const there = new Refusal(`${this.#target} is there already (--no-clobber)`);
    try {
      if (!(await linkTo(this.#path, this.#target))) {
        if (await stat(this.#target).then(Boolean, () => false)) throw there;
        return false;
      }
    } catch (error) {
      throw codeOf(error) === 'EEXIST' ? there : error;
    }
    await rm(this.#path, { force: true });
    await syncFolder(dirname(this.#target));
    return true;
  }

  async #readAll(): Promise<void> {
    const piece = new Uint8Array(STEP_BYTES);
    for (let at = 0; at < this.#bytes;) {
      const { bytesRead } = await this.#file.read(piece, 0, Math.min(piece.length, this.#bytes - at), at);
      if (bytesRead === 0) break;
      this.#hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isPlaced) return;
    this.#isPlaced = true;
    await this.#file.close();
    if (!this.isKept) await rm(this.#path, { force: true });
  }
}

const short = (text: string): string => new Bun.CryptoHasher('sha256').update(text).digest('hex').slice(0, 10);
