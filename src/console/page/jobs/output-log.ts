/**
 * The lines of a job's output, both streams in the order they came, bounded: a page that shows a job for a week has no
 * more of it than its last lines.
 */
import { StyledText, type Run } from './styled-text.ts';

export type StreamName = 'stdout' | 'stderr';

export interface OutputLine {
  /** Counts up from 0 and is never given again. */
  readonly number: number;
  readonly stream: StreamName;
  readonly runs: Run[];
  length: number;
}

const MAX_LINES = 5000;
/** A line without an end is broken here. */
const MAX_LINE_LENGTH = 10_000;

export class OutputLog {
  readonly #readers = { stdout: new StyledText(), stderr: new StyledText() };
  /** The line that each stream writes in. */
  readonly #open: { stdout: OutputLine | undefined; stderr: OutputLine | undefined } = {
    stdout: undefined,
    stderr: undefined,
  };
  /** A return was seen: the line begins anew with the next text, unless a newline follows. */
  readonly #returned = { stdout: false, stderr: false };
  #lines: OutputLine[] = [];
  #next = 0;
  /** Of the lines that are no longer there. */
  dropped = 0;
  /** The first line that changed since `changes` was last asked. */
  #dirty = 0;

  get lines(): readonly OutputLine[] {
    return this.#lines;
  }

  /** The number of the first line that is not as it was when this was asked last. */
  takeDirty(): number {
    const dirty = this.#dirty;
    this.#dirty = this.#next;
    return dirty;
  }

  write(stream: StreamName, text: string): void {
    for (const stroke of this.#readers[stream].read(text)) {
      switch (stroke.at) {
        case 'newline':
          this.#lineOf(stream);
          this.#open[stream] = undefined;
          this.#returned[stream] = false;
          break;
        case 'return':
          this.#returned[stream] = true;
          break;
        case 'text':
          this.#add(stream, stroke.run);
          break;
      }
    }
    this.#forget();
  }

  #add(stream: StreamName, { text, style }: Run): void {
    for (let from = 0; from < text.length;) {
      const line = this.#lineOf(stream);
      if (this.#returned[stream]) {
        line.runs.length = 0;
        line.length = 0;
        this.#returned[stream] = false;
      }
      const part = text.slice(from, from + MAX_LINE_LENGTH - line.length);
      line.runs.push({ text: part, style });
      line.length += part.length;
      from += part.length;
      this.#dirty = Math.min(this.#dirty, line.number);
      if (line.length >= MAX_LINE_LENGTH) this.#open[stream] = undefined;
    }
  }

  #lineOf(stream: StreamName): OutputLine {
    const open = this.#open[stream];
    if (open !== undefined) return open;
    const line: OutputLine = { number: this.#next++, stream, runs: [], length: 0 };
    this.#lines.push(line);
    this.#open[stream] = line;
    return line;
  }

  #forget(): void {
    // Half of it at a time: moving thousands of lines for each new one would cost more than the line.
    if (this.#lines.length < MAX_LINES * 1.5) return;
    this.dropped += this.#lines.length - MAX_LINES;
    this.#lines = this.#lines.slice(-MAX_LINES);
  }
}
