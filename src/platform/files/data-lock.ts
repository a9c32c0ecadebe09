/**
 * One server per data folder: a lock that dies with its holder.
 *
 * SQLite's own file lock serves (fcntl on POSIX, LockFileEx on Windows): the kernel lets go of it
 * however the holder ends, and no stale lock file has to be judged.
 */
import { Database } from 'bun:sqlite';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivate } from './private-file.ts';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';

export interface LockHolder {
  readonly pid: number;
  readonly url: string;
  /** Start time, for a person who has to tell servers apart. */
  readonly startedAt: string;
}

export type LockFailure = { readonly reason: 'data-in-use'; readonly holder: LockHolder | undefined };

export interface DataLock extends Disposable {
  /** Notes for others who holds it, once that is known. */
  describe(holder: LockHolder): void;
}

export function lockDataFolder(dataPath: string): Result<DataLock, LockFailure> {
  const path = join(dataPath, 'server.lock');
  createPrivate(path);
  const database = new Database(path, { create: true });
  try {
    database.run('PRAGMA busy_timeout = 0');
    database.run('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) return fail({ reason: 'data-in-use', holder: readHolder(dataPath) });
    throw error;
  }
  return ok({
    describe: (holder) => writeFileSync(holderPath(dataPath), JSON.stringify(holder), { mode: 0o600 }),
    [Symbol.dispose]: () => database.close(),
  });
}

/** The last server that noted itself as holder. Only the lock tells whether it still is. */
export function readHolder(dataPath: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(holderPath(dataPath), 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

const holderPath = (dataPath: string): string => join(dataPath, 'server.json');
