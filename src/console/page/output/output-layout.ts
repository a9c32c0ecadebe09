/**
 * Which bytes of a job's output stand where in what is shown: one stream, or both in the order they came.
 *
 * What is known of that order are steps, each the sizes that both streams had at one moment. Between two of them the order
 * is not known: standard output comes first. A position is a number of bytes of what is shown.
 */
export type StreamName = 'stdout' | 'stderr';
/** What is shown of the two. */
export type Shown = 'both' | StreamName;

export interface Step {
  readonly stdout: number;
  readonly stderr: number;
  /** When they had these sizes, Unix seconds; undefined where nobody looked. */
  readonly time?: number | undefined;
}

/** Bytes of a stream that stand together. */
export interface Piece {
  readonly stream: StreamName;
  readonly from: number;
  readonly to: number;
  readonly time?: number | undefined;
}

const START: Step = { stdout: 0, stderr: 0 };

export class OutputLayout {
  readonly #steps: Step[] = [START];

  /** The sizes as they are known now. */
  get sizes(): Step {
    return this.#steps.at(-1) ?? START;
  }

  /** Sizes only grow. */
  add({ stdout, stderr, time }: Step): void {
    const { sizes } = this;
    const step = { stdout: Math.max(stdout, sizes.stdout), stderr: Math.max(stderr, sizes.stderr), time };
    if (step.stdout === sizes.stdout && step.stderr === sizes.stderr) return;
    const before = this.#steps.at(-2);
    // One stream that goes on alone is one piece, however it came.
    const joins =
      before !== undefined &&
      sizes.time === time &&
      ((step.stderr === sizes.stderr && sizes.stderr === before.stderr) ||
        (step.stdout === sizes.stdout && sizes.stdout === before.stdout));
    if (joins) this.#steps.pop();
    this.#steps.push(step);
  }

  size(shown: Shown): number {
    return positionOf(this.sizes, shown);
  }

  /** What stands from one position to another, in order. */
  pieces(shown: Shown, from: number, to: number): Piece[] {
    const pieces: Piece[] = [];
    for (let at = this.#stepAfter(shown, from); at < this.#steps.length; at += 1) {
      const [before = START, step = START] = [this.#steps[at - 1], this.#steps[at]];
      let position = positionOf(before, shown);
      if (position >= to) break;
      for (const stream of streamsOf(shown)) {
        const length = step[stream] - before[stream];
        const first = Math.max(from - position, 0);
        const last = Math.min(to - position, length);
        if (first < last)
          pieces.push({ stream, from: before[stream] + first, to: before[stream] + last, time: step.time });
        position += length;
      }
    }
    return pieces;
  }

  /** The position at which a stream begins; undefined where nothing of it is shown. */
  firstOf(stream: StreamName, shown: Shown): number | undefined {
    const at = this.#steps.findIndex((step) => step[stream] > 0);
    const [before, step] = [this.#steps[at - 1], this.#steps[at]];
    if (before === undefined || step === undefined || !streamsOf(shown).includes(stream)) return undefined;
    const first = stream === 'stderr' && shown === 'both' ? step.stdout - before.stdout : 0;
    return positionOf(before, shown) + first;
  }

  /** The first step that ends after the position. */
  #stepAfter(shown: Shown, position: number): number {
    let [low, high] = [1, this.#steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (positionOf(this.#steps[middle] ?? START, shown) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const streamsOf = (shown: Shown): readonly StreamName[] => (shown === 'both' ? ['stdout', 'stderr'] : [shown]);

const positionOf = (step: Step, shown: Shown): number =>
  streamsOf(shown).reduce((sum, stream) => sum + step[stream], 0);
