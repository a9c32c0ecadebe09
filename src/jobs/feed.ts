/**
 * A job as a numbered sequence of events, for those who follow it.
 *
 *   status → (stdout | stderr)* → end
 *
 * The numbers must mean the same to everybody and after a restart, so the sequence is written down
 * as it is made: for output only which bytes, since the bytes themselves are in the job's files. It
 * is made only while somebody looks; a job that nobody follows pays nothing.
 */
import { codeOf } from '../core/failure.ts';
import type { Job } from './job.ts';
import type { JobFolder, OutputStream } from './folder.ts';
import { wholeCharacters } from '../core/utf8.ts';
import { readSlice } from './output.ts';

export type FeedEntry =
  | { readonly type: 'status' }
  | { readonly type: OutputStream; readonly from: number; readonly to: number }
  | { readonly type: 'end' };

/** What the feed needs of a log; the events room has it. */
export interface FeedLog extends Disposable {
  readonly last: number;
  readonly grown: Promise<void>;
  readonly newest: FeedEntry | undefined;
  append(entry: FeedEntry): number;
  read(after: number, limit: number): { readonly id: number; readonly entry: FeedEntry }[];
  findLast(matches: (entry: FeedEntry) => boolean): FeedEntry | undefined;
}

/** How often the files of a followed job are looked at. */
const LOOK_MS = 25;
/** How soon after the disk took no more it is asked again. */
const RETRY_MS = 500;
const CHUNK_BYTES = 64 * 1024;

export class JobFeed implements Disposable {
  readonly log: FeedLog;
  readonly #folder: JobFolder;
  readonly #seen: Record<OutputStream, number>;
  #closed = false;

  /** `job` is undefined for one that is done: its sequence is only completed. */
  constructor(log: FeedLog, folder: JobFolder, job: Job | undefined) {
    this.log = log;
    this.#folder = folder;
    this.#seen = { stdout: this.#logged('stdout'), stderr: this.#logged('stderr') };
    void this.#follow(job);
  }

  /** Nothing more will come. Without an `end` when its job was removed. */
  get closed(): boolean {
    return this.#closed;
  }

  get ended(): boolean {
    return this.log.newest?.type === 'end';
  }

  /** At most `limit` entries with numbers above `after`, in order. */
  read(after: number, limit: number): { readonly id: number; readonly entry: FeedEntry }[] {
    try {
      return this.log.read(after, limit);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // What is no longer in memory was in a file that is gone.
      this[Symbol.dispose]();
      return [];
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.log[Symbol.dispose]();
  }

  async #follow(job: Job | undefined): Promise<void> {
    if (this.ended) return;
    if (job !== undefined) await job.started;
    let done = job === undefined;
    let wake = (): void => {};
    void job?.finished.then(() => {
      done = true;
      wake();
    });
    // Not a race with `finished`: each look would leave something on a promise that may last for weeks.
    const look = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, LOOK_MS);
      });
    for (;;) {
      // Asked before looking: what was written before the end is then surely seen.
      const last = done;
      const written = await this.#advance(last);
      if (this.#closed || (written && last)) return;
      await (written ? look() : Bun.sleep(RETRY_MS));
    }
  }

  /** Writes down what is new. False when the disk would not take it all: the rest has to wait, in its order. */
  async #advance(last: boolean): Promise<boolean> {
    try {
      // A job that was cancelled while it waited has never run.
      if (this.log.last === 0 && this.#folder.wasStarted) this.#append({ type: 'status' });
      await this.#gather('stdout', last);
      await this.#gather('stderr', last);
      if (last) this.#append({ type: 'end' });
      return true;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (this.#folder.removed) this[Symbol.dispose]();
      return false;
    }
  }

  async #gather(stream: OutputStream, last: boolean): Promise<void> {
    const { bytes } = this.#folder.outputStat(stream);
    while (this.#seen[stream] < bytes && !this.#closed) {
      const from = this.#seen[stream];
      const to = Math.min(bytes, from + CHUNK_BYTES);
      // An event ends where a character ends, unless there is nothing more to come.
      const end =
        last && to === bytes
          ? to
          : from + wholeCharacters(await readSlice(this.#folder.output(stream), from, to)).length;
      if (end <= from) return;
      this.#append({ type: stream, from, to: end });
      this.#seen[stream] = end;
    }
  }

  #append(entry: FeedEntry): void {
    if (!this.#closed) this.log.append(entry);
  }

  #logged(stream: OutputStream): number {
    const entry = this.log.findLast(({ type }) => type === stream);
    return entry !== undefined && 'to' in entry ? entry.to : 0;
  }
}

/** One feed a job, shared by all who follow it and gone with the last of them. */
export class JobFeeds {
  readonly #openLog: (path: string) => FeedLog;
  readonly #open = new Map<string, { feed: JobFeed; followers: number }>();

  constructor(openLog: (path: string) => FeedLog) {
    this.#openLog = openLog;
  }

  follow(folder: JobFolder, job: Job | undefined): { feed: JobFeed } & Disposable {
    const key = folder.path;
    const shared = this.#open.get(key) ?? {
      feed: new JobFeed(this.#openLog(folder.events), folder, job),
      followers: 0,
    };
    this.#open.set(key, shared);
    shared.followers += 1;
    let left = false;
    return {
      feed: shared.feed,
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        shared.followers -= 1;
        if (shared.followers > 0) return;
        shared.feed[Symbol.dispose]();
        this.#open.delete(key);
      },
    };
  }
}
