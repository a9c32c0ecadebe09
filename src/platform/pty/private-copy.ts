/**
 * A file whose content is part of the program, written where a system call can use it: for its owner alone, under a name
 * made of its content. What is there under that name already is used only if it is exactly what would be written.
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';

export interface CopyRequest {
  /** The file's name is this, a hash and `end`. */
  readonly name: string;
  readonly end: string;
  readonly content: Uint8Array;
  /** Whether it is a program. Default: it is not. */
  readonly executable?: boolean;
}

/** Path of the copy. Throws where the folder belongs to somebody else, or cannot be written. */
export function privateCopy(folder: string, { name, end, content, executable = false }: CopyRequest): string {
  makePrivate(folder);
  const hash = new Bun.CryptoHasher('sha256').update(content).digest('hex');
  const path = join(folder, `${name}-${hash.slice(0, 16)}.${end}`);
  if (isThere(path, content)) return path;
  // Written beside and renamed: another server never opens half a file, nor one that it has already opened changes.
  const fresh = `${path}.${crypto.randomUUID()}.new`;
  try {
    writeFileSync(fresh, content, { mode: executable ? 0o700 : 0o600, flag: 'wx' });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  return path;
}

function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || !isOwn(stat)) throw new Error(`${folder} is not a folder of this server's user`);
  chmodSync(folder, 0o700);
}

function isThere(path: string, content: Uint8Array): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || !isOwn(stat) || (isPosix && (stat.mode & 0o077) !== 0)) return false;
  return readFileSync(path).equals(content);
}

// Windows has access lists instead: a folder in the profile of a user is that user's.
const isPosix = process.getuid !== undefined;
const isOwn = (stat: Stats): boolean => process.getuid === undefined || stat.uid === process.getuid();
