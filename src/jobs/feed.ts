/**
 * A job as a numbered sequence of events, for those who follow it.
 *
 *   status → (stdout | stderr)* → end
 *
 * The numbers must mean the same to everybody and after a restart, so the sequence is written to a log as it is made:
 * of output only which bytes, since the bytes themselves are in the job's files. It is made only while somebody
 * follows: a job that nobody follows pays nothing, and in which order its streams came its clock has (timeline/).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { codeOf, messageOf } from '../core/failure.ts';
import type { Notifier } from '../core/notifier.ts';
import { wholeCharacters } from '../core/utf8.ts';
import { EventLog, type Numbered, type ReadLimits } from '../events/log.ts';
import { isFeedEntry, type FeedEntry } from './feed-entry.ts';
import type { JobFolder, OutputStream } from './folder.ts';
import type { Job } from './job.ts';
import { readSlice } from './output.ts';
import { piecesAt } from './timeline/pieces.ts';

type FeedLog = EventLog<FeedEntry>;
type StreamEnds = Record<OutputStream, number>;

const OTHER = { stdout: 'stderr', stderr: 'stdout' } as const;

/** How often the files of a followed job are checked for new output. */
const LOOK_MS = 25;
/** How soon a write that failed, most likely on a full disk, is tried again. */
const RETRY_MS = 500;
const CHUNK_BYTES = 64 * 1024;

export class JobFeed implements Disposable {
  readonly #log: FeedLog;
  readonly #folder: JobFolder;
  readonly #seen: StreamEnds;
  readonly #closing = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  #complete: boolean;
  #caughtUp = false;
  #writeError: string | undefined;

  private constructor(log: FeedLog, folder: JobFolder, seen: StreamEnds, complete: boolean) {
    this.#log = log;
    this.#folder = folder;
    this.#seen = seen;
    this.#complete = complete;
  }

  /**
   * `job` is undefined for one that is done: its sequence is only completed. Resolves when the first of what is new has been
   * written, or could not be.
   */
  static async open(log: FeedLog, folder: JobFolder, job: Job | undefined): Promise<JobFeed> {
    const [newest] = log.read(log.last - 1, ONE);
    const feed = new JobFeed(log, folder, await streamEnds(log), newest?.entry.type === 'end');
    void feed.#follow(job).finally(feed.#begun.resolve);
    await feed.#begun.promise;
    return feed;
  }

  /** The number of the newest entry; 0 when there is none. */
  get last(): number {
    return this.#log.last;
  }

  /** Notified of every entry, and when nothing more will come. */
  get changed(): Notifier {
    return this.#log.grown;
  }

  /** The sequence has its `end`. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Nothing more will come. Without an `end` when the job was removed. */
  get ended(): boolean {
    return this.#complete || this.#closing.signal.aborted;
  }

  /** Why what is new cannot be written, until it can be. */
  get writeError(): string | undefined {
    return this.#writeError;
  }

  /** Entries with numbers above `after`, in order. */
  read(after: number, limits: ReadLimits): Numbered<FeedEntry>[] {
    try {
      return this.#log.read(after, limits);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // What is no longer in memory was in a file that is gone.
      this[Symbol.dispose]();
      return [];
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#log[Symbol.dispose]();
  }

  async #follow(job: Job | undefined): Promise<void> {
    if (this.#complete) return;
    const { signal } = this.#closing;
    if (job?.pending === true) {
      this.#begun.resolve();
      await job.whenStarted.wait(signal);
    }
    while (!signal.aborted) {
      // Read before the files are checked, so that no output written before the end is missed.
      const last = job === undefined || job.done;
      const written = await this.#advance(last);
      this.#begun.resolve();
      if (written && last) return;
      if (!written) await Bun.sleep(RETRY_MS);
      else await job?.whenFinished.wait(signal, LOOK_MS);
    }
  }

  /** Logs what is new. False when not all of it could be written: the rest has to wait, in its order. */
  async #advance(last: boolean): Promise<boolean> {
    try {
      // A job that was cancelled while it waited has never run.
      if (this.#log.last === 0 && this.#folder.wasStarted) this.#append({ type: 'status' });
      if (!this.#caughtUp) await this.#catchUp(last);
      await this.#gather('stdout', last);
      await this.#gather('stderr', last);
      if (last) this.#append({ type: 'end' });
      this.#writeError = undefined;
      return true;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (this.#folder.removed) this[Symbol.dispose]();
      this.#writeError = messageOf(error);
      return false;
    }
  }

  /** What came while nobody followed, in the order that the clock of the job has. */
  async #catchUp(last: boolean): Promise<void> {
    let next = this.#seen.stdout + this.#seen.stderr;
    for (let at = -1; next > at && !this.#closing.signal.aborted;) {
      at = next;
      const { pieces, position } = piecesAt(this.#folder, at, last);
      for (const [index, { stream, to }] of pieces.entries())
        if (pieces[index + 1]?.stream !== stream) await this.#gather(stream, last, to);
      next = pieces.reduce((sum, { from, to }) => sum + to - from, position);
    }
    this.#caughtUp = true;
  }

  async #gather(stream: OutputStream, last: boolean, limit = Infinity): Promise<void> {
    const { bytes } = this.#folder.outputStat(stream);
    const until = Math.min(bytes, limit);
    while (this.#seen[stream] < until && !this.#closing.signal.aborted) {
      const from = this.#seen[stream];
      const to = Math.min(until, from + CHUNK_BYTES);
      // An event ends where a character ends, unless there is nothing more to come.
      const end =
        last && to === bytes
          ? to
          : from + wholeCharacters(await readSlice(this.#folder.output(stream), from, to)).length;
      if (end <= from) return;
      this.#append({ type: stream, from, to: end, other: this.#seen[OTHER[stream]] });
      this.#seen[stream] = end;
    }
  }

  #append(entry: FeedEntry): void {
    if (this.#closing.signal.aborted) return;
    this.#log.append(entry);
    this.#begun.resolve();
    this.#complete = entry.type === 'end';
  }
}

const ONE: ReadLimits = { entries: 1, bytes: 0 };
/** How many entries of an earlier build's log are read at a time when it is searched backwards. */
const BACK = 500;

/**
 * Up to which offset the log has each stream. The newest entry of output says it for both streams; in a log of an earlier
 * build each entry says it for its own stream alone, and the newest one of the other stream may be far back, or missing.
 */
async function streamEnds(log: FeedLog): Promise<StreamEnds> {
  const ends: Partial<StreamEnds> = {};
  const isKnown = () => ends.stdout !== undefined && ends.stderr !== undefined;
  let before = log.last;
  for (let count = 1; before > 0 && !isKnown(); count = BACK) {
    const after = Math.max(0, before - count);
    for (const { entry } of log.read(after, { entries: before - after, bytes: Infinity }).toReversed()) {
      if (!('to' in entry)) continue;
      ends[entry.type] ??= entry.to;
      if (entry.other !== undefined) ends[OTHER[entry.type]] ??= entry.other;
      if (isKnown()) break;
    }
    before = after;
    // Parsing blocks the server, so other work gets its turn after each piece.
    await nextTurn();
  }
  return { stdout: ends.stdout ?? 0, stderr: ends.stderr ?? 0 };
}

/** One follower of a feed, who leaves by disposing of it. */
export interface Following extends Disposable {
  readonly feed: JobFeed;
}

/** One feed a job, shared by all who follow it and gone with the last of them. */
export class JobFeeds {
  readonly #openLog: (path: string) => Promise<FeedLog>;
  readonly #open = new Map<string, { readonly feed: Promise<JobFeed>; followers: number }>();

  constructor(openLog = (path: string): Promise<FeedLog> => EventLog.open(path, isFeedEntry)) {
    this.#openLog = openLog;
  }

  async follow(folder: JobFolder, job: Job | undefined): Promise<Following> {
    const key = folder.path;
    const shared = this.#open.get(key) ?? {
      feed: this.#openLog(folder.events).then((log) => JobFeed.open(log, folder, job)),
      followers: 0,
    };
    this.#open.set(key, shared);
    shared.followers += 1;
    const leave = (): boolean => {
      shared.followers -= 1;
      return shared.followers === 0 && this.#open.delete(key);
    };
    try {
      const feed = await shared.feed;
      let left = false;
      return {
        feed,
        [Symbol.dispose]: () => {
          if (left) return;
          left = true;
          if (leave()) feed[Symbol.dispose]();
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  }
}
