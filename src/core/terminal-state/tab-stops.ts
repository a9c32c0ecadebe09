/**
 * Tab stops that a program has set. Each is set where the cursor stands, so that its column is counted from the text
 * before it on the line: what tabs(1) and reset(1) print.
 */
import { escapeSequences } from '../escape-sequences.ts';

const MAX_STOPS = 512;

export class TabStops {
  /** Columns, from 0; undefined while they are those of a fresh terminal. */
  #stops: Set<number> | undefined;
  /** Set beside those of a fresh terminal. */
  readonly #added = new Set<number>();

  clearAll(): void {
    this.#stops = new Set();
    this.#added.clear();
  }

  /** `before`: the output before the sequence that sets it. */
  setAfter(before: string): void {
    const stops = this.#stops ?? this.#added;
    if (stops.size < MAX_STOPS) stops.add(columnAfter(before));
  }

  reset(): void {
    this.#stops = undefined;
    this.#added.clear();
  }

  /** What makes a fresh terminal have them. */
  get sequences(): string {
    const stops = [...(this.#stops ?? this.#added)].map((column) => `\u001b[${column + 1}G\u001bH`);
    const clear = this.#stops === undefined ? '' : '\u001b[3g';
    return stops.length === 0 ? clear : `${clear}${stops.join('')}\r`;
  }

  /** What sets those of a fresh terminal that is `columns` wide. */
  undo(columns: number): string {
    if (this.sequences === '') return '';
    const usual = Array.from({ length: Math.ceil(columns / 8) }, (_, index) => `\u001b[${index * 8 + 1}G\u001bH`);
    return `\u001b[3g${usual.join('')}\r`;
  }
}

function columnAfter(before: string): number {
  const line = before.slice(Math.max(before.lastIndexOf('\r'), before.lastIndexOf('\n')) + 1);
  let column = 0;
  let at = 0;
  for (const match of line.matchAll(escapeSequences())) {
    column += match.index - at;
    at = match.index + match[0].length;
    const [, number = '', move = ''] = /^\[(?:\d*;)?(\d*)([CDGHf`])$/.exec(match[0].slice(1)) ?? [];
    if (move === 'C') column += Number(number) || 1;
    else if (move === 'D') column -= Number(number) || 1;
    else if (move !== '') column = (Number(number) || 1) - 1;
  }
  return Math.max(0, column + line.length - at);
}
