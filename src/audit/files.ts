/**
 * The files behind the audit log: JSON lines, in files of bounded size, each named after the number of its first entry. The
 * oldest file goes when all together are larger than may be kept, so nothing is ever renamed or written again.
 *
 * A last line without an end, left by a crash or a full disk, was never read by anybody and is cut off by the next append. What
 * somebody has removed is gone; the numbers go on.
 * The name `*.jsonl` stands for this format; readers pass over fields and lines that they do not know.
 */
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../core/failure.ts';
import type { AuditEntry } from './entry.ts';

const NAME = /^\d{16}\.jsonl$/;
const nameOf = (first: number): string => `${String(first).padStart(16, '0')}.jsonl`;

/** A page is made from whole files, so they stay small. */
const LARGEST_FILE_BYTES = 1024 * 1024;
const FILES = 16;

export interface AuditFilesOptions {
  readonly folder: string;
  /** Of all files together. */
  readonly keepBytes: number;
}

const BEFORE_NUMBER = '{"seq":';

/** A line of the log from behind its number on. */
export const entryText = (entry: Omit<AuditEntry, 'seq'>): string => `,${JSON.stringify(entry).slice(1)}\n`;

interface AuditFile {
  readonly first: number;
  bytes: number;
}

export class AuditFiles {
  readonly #folder: string;
  readonly #keepBytes: number;
  readonly #fileBytes: number;
  /** Oldest first; the last one is written. */
  readonly #files: AuditFile[] = [];
  #next = 1;
  /** The last append failed, or a crash cut it short: the folder and the last file may not be as they are known here. */
  #torn = false;

  private constructor({ folder, keepBytes }: AuditFilesOptions) {
    this.#folder = folder;
    this.#keepBytes = keepBytes;
    this.#fileBytes = Math.min(LARGEST_FILE_BYTES, Math.floor(keepBytes / FILES));
  }

  static async open(options: AuditFilesOptions): Promise<AuditFiles> {
    const files = new AuditFiles(options);
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    await files.#find();
    return files;
  }

  /** Number of the last entry; 0 for none. */
  get last(): number {
    return this.#next - 1;
  }

  /**
   * Appends as many of the entries (`entryText`) as fit the file that is written, at least one, and returns how many. Throws what the file
   * system throws; none of them is there then.
   */
  async append(entries: readonly string[]): Promise<number> {
    if (this.#torn) await this.#repair();
    const file = this.#fileToWrite();
    const parts: string[] = [];
    let count = 0;
    let bytes = 0;
    for (const entry of entries) {
      if (bytes > 0 && file.bytes + bytes > this.#fileBytes) break;
      const number = String(this.#next + count);
      parts.push(BEFORE_NUMBER, number, entry);
      bytes += BEFORE_NUMBER.length + number.length + Buffer.byteLength(entry);
      count += 1;
    }
    this.#torn = true;
    await appendFile(this.#pathOf(file), parts.join(''), { mode: 0o600 });
    this.#torn = false;
    file.bytes += bytes;
    this.#next += count;
    await this.#dropOld();
    return count;
  }

  /** At most `limit` entries that follow the one of this number. */
  async after(seq: number, limit: number): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    const from = Math.max(
      0,
      this.#files.findLastIndex(({ first }) => first <= seq + 1),
    );
    for (const file of this.#files.slice(from)) {
      if (found.length >= limit) break;
      found.push(...(await this.#read(file)).filter((entry) => entry.seq > seq));
    }
    return found.slice(0, limit);
  }

  /** The last `limit` entries before the one of this number. */
  async before(seq: number, limit: number): Promise<AuditEntry[]> {
    let found: AuditEntry[] = [];
    for (const file of this.#files.toReversed()) {
      if (found.length >= limit) break;
      if (file.first < seq) found = [...(await this.#read(file)).filter((entry) => entry.seq < seq), ...found];
    }
    return found.slice(-limit);
  }

  async #repair(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const last = this.#files.at(-1);
    if (last === undefined) return;
    const path = this.#pathOf(last);
    const size = await sizeOf(path);
    if (size > last.bytes) await truncate(path, last.bytes);
    if (size >= last.bytes) return;
    // Somebody has removed or shortened it, perhaps to half a line: nothing is appended to that.
    last.bytes = size;
    this.#files.push({ first: this.#next, bytes: 0 });
  }

  #fileToWrite(): AuditFile {
    const last = this.#files.at(-1);
    if (last !== undefined && last.bytes < this.#fileBytes) return last;
    const file = { first: this.#next, bytes: 0 };
    this.#files.push(file);
    return file;
  }

  async #dropOld(): Promise<void> {
    let total = this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > this.#keepBytes && this.#files.length > 1) {
      const [oldest] = this.#files;
      if (oldest === undefined) return;
      try {
        await rm(this.#pathOf(oldest), { force: true });
      } catch {
        // Whoever reads a file holds it on Windows. The entries are written all the same; the next append tries again.
        return;
      }
      this.#files.shift();
      total -= oldest.bytes;
    }
  }

  async #find(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => NAME.test(name)).toSorted();
    for (const name of names) {
      const { size } = await stat(join(this.#folder, name));
      this.#files.push({ first: Number.parseInt(name, 10), bytes: size });
    }
    const last = this.#files.at(-1);
    if (last === undefined) return;
    const bytes = await readFile(this.#pathOf(last));
    const whole = bytes.lastIndexOf(0x0a) + 1;
    this.#torn = whole < bytes.length;
    last.bytes = whole;
    this.#next = ((await this.#read(last)).at(-1)?.seq ?? last.first - 1) + 1;
  }

  /** The whole entries of a file. */
  async #read(file: AuditFile): Promise<AuditEntry[]> {
    try {
      const bytes = (await readFile(this.#pathOf(file))).subarray(0, file.bytes);
      return bytes.toString('utf8').split('\n').flatMap(parseEntry);
    } catch (error) {
      // Dropped meanwhile, or removed by somebody.
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #pathOf({ first }: AuditFile): string {
    return join(this.#folder, nameOf(first));
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** None for what is no entry of this format. */
function parseEntry(line: string): AuditEntry[] {
  try {
    const { seq, time, key, peer, method, route, what, status, skipped } = JSON.parse(line) as AuditEntry;
    if (typeof seq !== 'number' || typeof time !== 'number' || typeof status !== 'number') return [];
    return [{ seq, time, key, peer, method, route, what, status, ...(skipped !== undefined && { skipped }) }];
  } catch {
    return [];
  }
}
