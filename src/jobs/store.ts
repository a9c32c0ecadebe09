/**
 * The index of jobs: SQLite in WAL mode, one row a job, and one for each idempotency key of the last 24 hours.
 *
 * Writes gather for a few milliseconds and go in one transaction; until then they are read from memory. Nothing is lost
 * by that: the folders are the truth, and a start reads in what the index lacks (restore.ts). A job and its key are
 * written together, so that an index that has the one has the other.
 */
import type { Database, Statement } from 'bun:sqlite';
import { messageOf } from '../core/failure.ts';
import type { Log } from '../core/log.ts';
import { checkOf, matches, type JobFilter } from './job-filter.ts';
import { openIndex } from './open-index.ts';
import { statusOf, type JobRecord } from './record.ts';
import { parseRecord } from './stored.ts';

const GATHER_MS = 100;
const RETRY_MS = 1000;

interface Row {
  readonly record: string;
}

export interface PageRequest extends JobFilter {
  readonly limit: number;
  readonly before: number | undefined;
}

export interface IdempotencyKey {
  readonly key: string;
  /** Digest of the body that was submitted under it. */
  readonly fingerprint: string;
  readonly jobId: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

export class JobStore implements Disposable {
  readonly #database: Database;
  readonly #log: Log;
  readonly #unwritten = new Map<string, { record: JobRecord; bytes: number }>();
  readonly #unwrittenKeys = new Map<string, IdempotencyKey>();
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  /** Why the last write failed, until one succeeds. */
  writeError: string | undefined;
  readonly #put: Statement;
  readonly #putKey: Statement;
  readonly #byId: Statement<Row>;

  private constructor(database: Database, log: Log) {
    this.#database = database;
    this.#log = log;
    this.#put = database.query('INSERT OR REPLACE INTO jobs (seq, id, status, bytes, record) VALUES (?, ?, ?, ?, ?)');
    this.#putKey = database.query(
      'INSERT OR REPLACE INTO idempotency (key, fingerprint, job_id, created_at) VALUES (?, ?, ?, ?)',
    );
    this.#byId = database.query<Row, [string]>('SELECT record FROM jobs WHERE id = ?');
  }

  static open(path: string, log: Log, now: () => number): JobStore {
    return new JobStore(openIndex(path, log, now), log);
  }

  put(record: JobRecord, bytes: number): void {
    this.#unwritten.set(record.id, { record, bytes });
    this.#flushSoon();
  }

  get(id: string): JobRecord | undefined {
    const unwritten = this.#unwritten.get(id);
    if (unwritten !== undefined) return unwritten.record;
    const row = this.#byId.get(id);
    return row === null ? undefined : parseRecord(row.record);
  }

  /** Newest first. */
  page({ limit, before, ...filter }: PageRequest): JobRecord[] {
    this.flush();
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const records = this.#written(limit, below, filter);
    if (this.#unwritten.size === 0) return records;
    const unwritten = [...this.#unwritten.values()]
      .map(({ record }) => record)
      .filter((record) => record.seq < below && matches(record, filter));
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
    return recordsOf(rows);
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

  /** Undefined when nobody has used it since `oldest` (Unix ms). */
  findIdempotencyKey(key: string, oldest: number): IdempotencyKey | undefined {
    const found = this.#unwrittenKeys.get(key) ?? this.#storedKey(key);
    return found !== undefined && found.createdAt > oldest ? found : undefined;
  }

  saveIdempotencyKey(saved: IdempotencyKey): void {
    // A key that was used again after its time is the newer job's, in whatever order a start finds the two folders.
    const before = this.#unwrittenKeys.get(saved.key);
    if (before === undefined || before.createdAt <= saved.createdAt) this.#unwrittenKeys.set(saved.key, saved);
    this.#flushSoon();
  }

  forgetIdempotencyKeys(oldest: number): void {
    this.#database.query('DELETE FROM idempotency WHERE created_at <= ?').run(oldest);
  }

  flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#unwritten.size === 0 && this.#unwrittenKeys.size === 0) return;
    try {
      this.#database.transaction(() => {
        for (const { record, bytes } of this.#unwritten.values()) {
          this.#put.run(record.seq, record.id, statusOf(record), bytes, JSON.stringify(record));
        }
        for (const { key, fingerprint, jobId, createdAt } of this.#unwrittenKeys.values())
          this.#putKey.run(key, fingerprint, jobId, createdAt);
      })();
      this.#unwritten.clear();
      this.#unwrittenKeys.clear();
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

  /** As they are in the index. */
  #written(limit: number, below: number, filter: JobFilter): JobRecord[] {
    const { status } = filter;
    const check = checkOf(filter);
    const where = status === undefined ? 'seq < ?1' : 'status = ?2 AND seq < ?1';
    const rows = this.#database.query<Row, [number, string | null, number]>(
      `SELECT record FROM jobs WHERE ${where} ORDER BY seq DESC LIMIT ?3`,
    );
    if (check === undefined) return recordsOf(rows.all(below, status ?? null, limit));
    // Read one by one until the page is full: what a command holds is in no index.
    const found: JobRecord[] = [];
    for (const row of rows.iterate(below, status ?? null, -1)) {
      found.push(...recordsOf([row]).filter(check));
      if (found.length >= limit) break;
    }
    return found;
  }

  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  #storedKey(key: string): IdempotencyKey | undefined {
    const row = this.#database
      .query<IdempotencyKey, [string]>(
        'SELECT key, fingerprint, job_id AS jobId, created_at AS createdAt FROM idempotency WHERE key = ?',
      )
      .get(key);
    return row ?? undefined;
  }
}

// Every row was read when the index was opened, and all that came since are our own.
const recordsOf = (rows: readonly Row[]): JobRecord[] => rows.flatMap(({ record }) => parseRecord(record) ?? []);
