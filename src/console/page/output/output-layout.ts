/**
 * Which bytes of a job's output stand where in what is shown: one stream, or both in the order they came, which the server's
 * timeline tells. A position is a number of bytes of what is shown, and what has one keeps it.
 */
import type { Timeline } from '../../../protocol/timeline.ts';

export type StreamName = 'stdout' | 'stderr';
/** What is shown of the two. */
export type Shown = 'both' | StreamName;

export type Sizes = Readonly<Record<StreamName, number>>;

/** Bytes of a stream that stand together. */
export interface Piece {
  readonly stream: StreamName;
  readonly from: number;
  readonly to: number;
  /** When they had come, Unix seconds; of one stream alone nobody asks. */
  readonly time?: number | undefined;
}

export type ReadTimeline = (from: number, limit: number, signal: AbortSignal) => Promise<Timeline>;

/** What the route takes. */
const [MIN_BYTES, MAX_BYTES] = [16, 1024 * 1024];

export class OutputLayout {
  readonly #timeline: ReadTimeline;
  #sizes: Sizes = { stdout: 0, stderr: 0 };
  #total = 0;

  constructor(timeline: ReadTimeline) {
    this.#timeline = timeline;
  }

  /** As far as they are known. */
  get sizes(): Sizes {
    return this.#sizes;
  }

  size(shown: Shown): number {
    return shown === 'both' ? this.#total : this.#sizes[shown];
  }

  /** Sizes only grow. Returns whether they have. */
  grow({ stdout, stderr }: Sizes): boolean {
    const before = this.#sizes;
    if (stdout <= before.stdout && stderr <= before.stderr) return false;
    this.#sizes = { stdout: Math.max(stdout, before.stdout), stderr: Math.max(stderr, before.stderr) };
    return true;
  }

  /** Whether the order of all there is is known: the timeline comes a little after the output. */
  get isOrdered(): boolean {
    return this.#total >= this.#sizes.stdout + this.#sizes.stderr;
  }

  /** Asks how far the timeline has come. Returns whether it has grown. */
  async order(signal: AbortSignal): Promise<boolean> {
    const { total } = await this.#timeline(Number.MAX_SAFE_INTEGER, MIN_BYTES, signal);
    if (total <= this.#total) return false;
    this.#total = total;
    return true;
  }

  /** What stands from one position to another, in order. */
  async pieces(shown: Shown, from: number, to: number, signal: AbortSignal): Promise<Piece[]> {
    if (shown !== 'both') return [{ stream: shown, from, to: Math.min(to, this.#sizes[shown]) }];
    const end = Math.min(to, this.#total);
    const pieces: Piece[] = [];
    for (let at = from; at < end;) {
      const limit = Math.min(MAX_BYTES, Math.max(MIN_BYTES, end - at));
      const part = await this.#timeline(at, limit, signal);
      let position = part.from;
      for (const { stream, offset, bytes, time } of part.entries) {
        // A part may begin before what was asked for, where that is inside a character.
        const first = Math.max(at - position, 0);
        const last = Math.min(end - position, bytes);
        if (first < last) pieces.push({ stream, from: offset + first, to: offset + last, time });
        position += bytes;
      }
      if (part.to <= at) break;
      at = part.to;
    }
    for (const { stream, to: last } of pieces) this.grow({ ...this.#sizes, [stream]: last });
    return pieces;
  }
}
