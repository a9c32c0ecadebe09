/**
 * A lock that dies with its holder.
 *
 * SQLite's own file lock serves (fcntl on POSIX, LockFileEx on Windows): the kernel releases it
 * however the holder ends, and no lock file can be stale.
 */
import { Database } from 'bun:sqlite';
import { codeOf } from '../../core/failure.ts';
import { createPrivate } from './private-file.ts';

/** Undefined while another process has it. Throws where the file cannot be made. */
export function lockFile(path: string): Disposable | undefined {
  createPrivate(path);
  const database = new Database(path, { create: true });
  try {
    database.run('PRAGMA busy_timeout = 0');
    database.run('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
