/**
 * Opens the file of the job index, and makes its tables.
 *
 * An index that is damaged, or of a later build (`user_version`), is set aside under a name that says so, and an empty
 * one begun: the job folders make it again. Setting a later one aside loses nothing, for the build that wrote it made it
 * from the folders too, and reads in what the one begun here lacks.
 */
import { Database } from 'bun:sqlite';
import { renameSync } from 'node:fs';
import { codeOf, messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { createPrivate } from '../platform/files/private-file.ts';
import { parseRecord } from './stored.ts';

/** `user_version` of an index that this build has written. */
const FORMAT = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  -- Covers what retention asks for, so that it need not read the records.
  CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, seq, bytes);
  CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    job_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export function openIndex(path: string, log: Log, now: () => number): Database {
  try {
    return openChecked(path);
  } catch (error) {
    const why = whyUnreadable(error);
    if (why === undefined) throw error;
    const aside = `${path}.${why.suffix}-${now()}`;
    log.error(`the job index ${why.says}: it is set aside and made again from the job folders`, {
      file: aside,
      detail: messageOf(error),
    });
    for (const suffix of ['', '-wal', '-shm']) moveIfThere(path + suffix, aside + suffix);
    return openChecked(path);
  }
}

// `synchronous = NORMAL` in WAL mode survives the death of the process; after a power loss the last
// transactions may be missing, and the folders fill them in.
function openChecked(path: string): Database {
  createPrivate(path);
  const database = new Database(path, { create: true, strict: true });
  try {
    const version = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0;
    if (version > FORMAT) throw new IndexNewer(`its format is ${version}, and this build knows ${FORMAT}`);
    database.run('PRAGMA journal_mode = WAL');
    database.run('PRAGMA synchronous = NORMAL');
    const check = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()?.quick_check;
    if (check !== 'ok') throw new IndexDamaged(check ?? 'no answer to quick_check');
    database.run(SCHEMA);
    if (version < FORMAT) database.run(`PRAGMA user_version = ${FORMAT}`);
    // The check above looks at the structure only, not at what the rows hold.
    const rows = database.query<{ id: string; seq: number; record: string }, []>('SELECT id, seq, record FROM jobs');
    for (const { id, seq, record } of rows.iterate()) {
      const read = parseRecord(record);
      if (read?.id !== id || read.seq !== seq) throw new IndexDamaged('a row does not hold a job');
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class IndexDamaged extends Error {}
class IndexNewer extends Error {}

// Anything else (a full disk, no permission) is no reason to set a good index aside.
function whyUnreadable(error: unknown): { readonly suffix: string; readonly says: string } | undefined {
  if (error instanceof IndexNewer) return { suffix: 'newer', says: 'is of a later version' };
  const code = codeOf(error);
  const isDamage = error instanceof IndexDamaged || code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB';
  return isDamage ? { suffix: 'damaged', says: 'is damaged' } : undefined;
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Not every index has a write-ahead log beside it.
  }
}
