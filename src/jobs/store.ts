/**
 * The index of jobs: SQLite in WAL mode, one row a job.
 *
 * Writes gather for a few milliseconds and go in one transaction; what is not yet written is read
 * from memory, so nobody can tell. Nothing is lost by that: the folders are the truth, and a start
 * reads in what the index lacks (restore.ts).
 */
import { Database, type Statement } from 'bun:sqlite';
import { renameSync } from 'node:fs';
import { codeOf, messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { createPrivate } from '../platform/files/private-file.ts';
import { statusOf, type JobRecord, type JobStatus } from './record.ts';

const GATHER_MS = 100;
const RETRY_MS = 1000;

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

const UNREADABLE_ROW = `
  SELECT 1 FROM jobs WHERE CASE WHEN json_valid(record)
    THEN json_extract(record, '$.id') IS NOT id OR json_extract(record, '$.seq') IS NOT seq
    ELSE true END LIMIT 1`;

interface Row {
  readonly record: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly before: number | undefined;
  readonly status: JobStatus | undefined;
}

export interface Promised {
  readonly fingerprint: string;
  readonly jobId: string;
}

export class JobStore implements Disposable {
  readonly #database: Database;
  readonly #log: Log;
  readonly #unwritten = new Map<string, { record: JobRecord; bytes: number }>();
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  /** Why the last write failed, until one succeeds. */
  writeError: string | undefined;
  readonly #put: Statement;
  readonly #byId: Statement<Row>;

  private constructor(database: Database, log: Log) {
    this.#database = database;
    this.#log = log;
    this.#put = database.query('INSERT OR REPLACE INTO jobs (seq, id, status, bytes, record) VALUES (?, ?, ?, ?, ?)');
    this.#byId = database.query<Row, [string]>('SELECT record FROM jobs WHERE id = ?');
  }

  /** Opens the index; a damaged one is set aside with a clear line and a new one begun. */
  static open(path: string, log: Log, now: () => number): JobStore {
    try {
      return new JobStore(openChecked(path), log);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const aside = `${path}.damaged-${now()}`;
      log.error('the job index is damaged: it is set aside and made again from the job folders', {
        file: aside,
        detail: messageOf(error),
      });
      for (const suffix of ['', '-wal', '-shm']) moveIfThere(path + suffix, aside + suffix);
      return new JobStore(openChecked(path), log);
    }
  }

  put(record: JobRecord, bytes: number): void {
    this.#unwritten.set(record.id, { record, bytes });
    this.#flushTimer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  get(id: string): JobRecord | undefined {
    const unwritten = this.#unwritten.get(id);
    if (unwritten !== undefined) return unwritten.record;
    const row = this.#byId.get(id);
    return row === null ? undefined : parseRecord(row.record);
  }

  /** Newest first. */
  page({ limit, before, status }: PageRequest): JobRecord[] {
    this.flush();
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const written =
      status === undefined
        ? this.#database
            .query<Row, [number, number]>('SELECT record FROM jobs WHERE seq < ? ORDER BY seq DESC LIMIT ?')
            .all(below, limit)
        : this.#database
            .query<Row, [string, number, number]>(
              'SELECT record FROM jobs WHERE status = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
            )
            .all(status, below, limit);
    const records = written.map((row) => parseRecord(row.record));
    if (this.#unwritten.size === 0) return records;
    const unwritten = [...this.#unwritten.values()]
      .map(({ record }) => record)
      .filter((record) => record.seq < below && (status === undefined || statusOf(record) === status));
    return [...unwritten, ...records.filter((record) => !this.#unwritten.has(record.id))]
      .toSorted((a, b) => b.seq - a.seq)
      .slice(0, limit);
  }

  ids(): Set<string> {
    this.flush();
    return new Set(
      this.#database
        .query<{ id: string }, []>('SELECT id FROM jobs')
        .all()
        .map((row) => row.id),
    );
  }

  unfinished(): JobRecord[] {
    this.flush();
    const rows = this.#database
      .query<Row, []>(`SELECT record FROM jobs WHERE status IN ('pending', 'running') ORDER BY seq`)
      .all();
    return rows.map((row) => parseRecord(row.record));
  }

  highestSeq(): number {
    return this.#database.query<{ seq: number | null }, []>('SELECT max(seq) AS seq FROM jobs').get()?.seq ?? 0;
  }

  /** How many jobs are kept, how many of them have finished, and what the finished ones' output weighs. */
  totals(): { kept: number; finished: number; bytes: number } {
    this.flush();
    const row = this.#database
      .query<{ kept: number; finished: number; bytes: number }, []>(
        `SELECT count(*) AS kept,
                count(*) FILTER (WHERE status NOT IN ('pending', 'running')) AS finished,
                coalesce(sum(bytes) FILTER (WHERE status NOT IN ('pending', 'running')), 0) AS bytes FROM jobs`,
      )
      .get();
    return row ?? { kept: 0, finished: 0, bytes: 0 };
  }

  oldestFinished(limit: number): { id: string; bytes: number }[] {
    this.flush();
    return this.#database
      .query<{ id: string; bytes: number }, [number]>(
        `SELECT id, bytes FROM jobs WHERE status NOT IN ('pending', 'running') ORDER BY seq LIMIT ?`,
      )
      .all(limit);
  }

  remove(ids: readonly string[]): void {
    const statement = this.#database.query('DELETE FROM jobs WHERE id = ?');
    this.#database.transaction(() => ids.forEach((id) => statement.run(id)))();
  }

  /** Whose key this is, unless it is older than `oldest` (Unix ms). */
  promised(key: string, oldest: number): Promised | undefined {
    const row = this.#database
      .query<{ fingerprint: string; job_id: string }, [string, number]>(
        'SELECT fingerprint, job_id FROM idempotency WHERE key = ? AND created_at > ?',
      )
      .get(key, oldest);
    return row === null ? undefined : { fingerprint: row.fingerprint, jobId: row.job_id };
  }

  /** Written at once: the promise must hold even if the server is killed before it answers. */
  promise(key: string, promised: Promised, now: number): void {
    this.#database
      .query('INSERT OR REPLACE INTO idempotency (key, fingerprint, job_id, created_at) VALUES (?, ?, ?, ?)')
      .run(key, promised.fingerprint, promised.jobId, now);
  }

  forgetPromises(oldest: number): void {
    this.#database.query('DELETE FROM idempotency WHERE created_at <= ?').run(oldest);
  }

  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#unwritten.size === 0) return;
    try {
      this.#database.transaction(() => {
        for (const { record, bytes } of this.#unwritten.values()) {
          this.#put.run(record.seq, record.id, statusOf(record), bytes, JSON.stringify(record));
        }
      })();
      this.#unwritten.clear();
      this.writeError = undefined;
    } catch (error) {
      // A full disk, most likely: memory still knows, and the folders will if we are killed.
      if (this.writeError === undefined)
        this.#log.error('the job index cannot be written; trying again', { detail: messageOf(error) });
      this.writeError = messageOf(error);
      this.#flushTimer = setTimeout(() => this.flush(), RETRY_MS);
    }
  }

  [Symbol.dispose](): void {
    this.flush();
    clearTimeout(this.#flushTimer);
    this.#database.close();
  }
}

// `synchronous = NORMAL` in WAL mode survives the death of the process; after a power loss the last
// transactions may be missing, and the folders fill them in.
function openChecked(path: string): Database {
  createPrivate(path);
  const database = new Database(path, { create: true, strict: true });
  try {
    database.run('PRAGMA journal_mode = WAL');
    database.run('PRAGMA synchronous = NORMAL');
    const check = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()?.quick_check;
    if (check !== 'ok') throw new IndexDamaged(check ?? 'no answer to quick_check');
    database.run(SCHEMA);
    // The check above looks at the structure only, not at what stands in it.
    if (database.query(UNREADABLE_ROW).get() !== null) throw new IndexDamaged('a row does not hold a job');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class IndexDamaged extends Error {}

// Anything else (a full disk, no permission) is no reason to put a good index away.
function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof IndexDamaged || code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB';
}

const parseRecord = (text: string): JobRecord => JSON.parse(text) as JobRecord;

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Not every index has a write-ahead log beside it.
  }
}
