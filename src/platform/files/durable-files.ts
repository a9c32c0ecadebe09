/**
 * Files that must be right after a crash or a loss of power, as a value: tests put one in its place that fails, or dies,
 * at any of these calls.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { freeBytes } from './disk.ts';
import { writeWhole } from './write-whole.ts';

/** Every call throws what the file system throws. */
export interface DurableFiles {
  exists(path: string): boolean;
  /** Undefined where there is none. */
  read(path: string): string | undefined;
  /** Names, without order; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** The same text for every name of one file, as long as it is that file; undefined where there is none. */
  identity(path: string): string | undefined;
  /** Replaces a file as a whole: a reader, or a crash, finds the old text or the new one. */
  write(path: string, text: string): void;
  /** Replaces what is at `to`. Durable when it returns. */
  rename(from: string, to: string): void;
  /** A second name for a file. */
  link(from: string, to: string): void;
  /** Does nothing where there is none. */
  remove(path: string): void;
  /** Makes a program's file: for its owner to write, for everybody to run. Fails where there is one. */
  create(path: string): Promise<FileWriter>;
  /** Bytes free on the disk of the folder; undefined where that is not known. */
  free(folder: string): number | undefined;
}

export interface FileWriter extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written would survive a loss of power. */
  sync(): Promise<void>;
}

export const durableFiles: DurableFiles = {
  exists: existsSync,
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  identity(path) {
    const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
  },
  write(path, text) {
    const fresh = `${path}.${process.pid}.new`;
    try {
      const file = openSync(fresh, 'w', 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
    syncFolderOf(path);
  },
  rename(from, to) {
    renameSync(from, to);
    syncFolderOf(to);
  },
  link(from, to) {
    linkSync(from, to);
    syncFolderOf(to);
  },
  remove: (path) => rmSync(path, { force: true }),
  async create(path) {
    const file = await open(path, 'wx', 0o755);
    return {
      write: (bytes) => writeWhole(file, bytes),
      sync: () => file.sync(),
      [Symbol.asyncDispose]: () => file.close(),
    };
  },
  free: freeBytes,
};

/** A new name lasts once its folder is on the disk. Windows opens no folders; its file systems keep a journal of names. */
function syncFolderOf(path: string): void {
  let folder: number;
  try {
    folder = openSync(dirname(path), 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } catch {
    // Not every file system can; what is written is written all the same.
  } finally {
    closeSync(folder);
  }
}
