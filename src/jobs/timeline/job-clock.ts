/**
 * Notes when the output of one running job came, in its clock (clock-file.ts).
 *
 * It sees the sizes of the two files only now and then. What came on both streams in between is noted in the order in
 * which the files were last written; where the file system does not tell, stdout first.
 */
import { unfinishedBytes } from '../../core/utf8.ts';
import type { JobFolder, OutputStream } from '../folder.ts';
import { readNow } from '../output.ts';
import { ClockReader, writeRows, type ClockRow } from './clock-file.ts';

/**
 * The older the job, the fewer the samples: two are apart by at least this part of its age (0.9 s after a day, 26 s after a
 * month), since a job that prints for months must not fill the disk with times.
 */
const PART_OF_AGE = 1e-5;
/** The clock of files ticks more coarsely than ours. */
const FILE_TICK_MS = 16;

export class JobClock {
  readonly #folder: JobFolder;
  readonly #startedAt: number;
  #rows: number;
  #last: ClockRow;
  #checkedAt: number;

  /** Goes on with what an earlier server has noted. */
  constructor(folder: JobFolder, startedAt: number) {
    using earlier = new ClockReader(folder.clock);
    this.#folder = folder;
    this.#startedAt = startedAt;
    this.#rows = earlier.count;
    this.#last = earlier.row(earlier.count);
    this.#checkedAt = this.#last.at;
  }

  /** Notes what is new, and returns whether there was anything. Throws what the file system throws. */
  note(now: number): boolean {
    const sizes = this.#sizes();
    if (now - this.#last.at < (now - this.#startedAt) * PART_OF_AGE) return sizes.length > 0;
    this.#write(
      sizes.map((grown) => ({ ...grown, bytes: this.#withoutHalfCharacter(grown) })),
      now,
    );
    return sizes.length > 0;
  }

  /**
   * The job is done: notes the rest. A job that was over before anything was noted has no clock, unless it used both
   * streams: when its only one was last written, the file itself says.
   */
  close(now: number): void {
    const sizes = this.#sizes();
    if (this.#rows > 0 || sizes.length > 1) this.#write(sizes, now);
  }

  #sizes(): Grown[] {
    return STREAMS.flatMap((stream) => {
      const { bytes, changedAt } = this.#folder.outputStat(stream);
      return bytes > this.#last[stream] ? [{ stream, bytes, at: changedAt }] : [];
    });
  }

  #write(grown: readonly Grown[], now: number): void {
    const since = this.#checkedAt;
    const rows: ClockRow[] = [];
    let last = this.#last;
    const inOrder = grown
      // Not every file system says at once when a file was written, or by this machine's clock.
      .map((one) => ({ ...one, at: one.at >= since - FILE_TICK_MS && one.at <= now ? Math.max(one.at, since) : now }))
      .toSorted((a, b) => a.at - b.at);
    for (const { stream, bytes, at } of inOrder) {
      if (bytes <= last[stream]) continue;
      last = { ...last, at, [stream]: bytes };
      rows.push(last);
    }
    if (rows.length > 0) writeRows(this.#folder.clock, this.#rows, rows);
    this.#rows += rows.length;
    this.#last = last;
    this.#checkedAt = now;
  }

  /** A character of which a part has come is noted when the rest has: no entry of the timeline ends inside of one. */
  #withoutHalfCharacter({ stream, bytes }: Grown): number {
    const from = Math.max(this.#last[stream], bytes - 3);
    return bytes - unfinishedBytes(readNow(this.#folder.output(stream), from, bytes));
  }
}

interface Grown {
  readonly stream: OutputStream;
  readonly bytes: number;
  readonly at: number;
}

const STREAMS = ['stdout', 'stderr'] as const;
