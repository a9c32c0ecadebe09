/**
 * The last lines of a job's output, both streams in the order they came. Their number is bounded: a page may show a job
 * for a week.
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
/** A longer line is broken here. */
const MAX_LINE_LENGTH = 10_000;

export class OutputLog {
  readonly #readers = { stdout: new StyledText(), stderr: new StyledText() };
  /** The line that each stream writes to. */
  readonly #open: { stdout: OutputLine | undefined; stderr: OutputLine | undefined } = {
    stdout: undefined,
    stderr: undefined,
  };
  /** After a carriage return the next text replaces the line, unless a newline comes first. */
  readonly #returned = { stdout: false, stderr: false };
  #lines: OutputLine[] = [];
  #next = 0;
  /** How many lines are no longer there. */
  dropped = 0;
  /** Number of the first line that changed since `takeDirty` was last called. */
  #dirty = 0;

  get lines(): readonly OutputLine[] {
    return this.#lines;
  }

  /** The number of the first line that has changed since the last call. */
  takeDirty(): number {
    const dirty = this.#dirty;
    this.#dirty = this.#next;
    return dirty;
  }

  write(stream: StreamName, text: string): void {
    for (const token of this.#readers[stream].read(text)) {
      switch (token.at) {
        case 'newline':
          this.#lineOf(stream);
          this.#open[stream] = undefined;
          this.#returned[stream] = false;
          break;
        case 'return':
          this.#returned[stream] = true;
          break;
        case 'text':
          this.#add(stream, token.run);
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
