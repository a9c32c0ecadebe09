/** How far a copy is: a line on the terminal that is drawn again and again, else a line now and then. */
import { foreignLine } from '../foreign-line.ts';
import { note, noteStart } from '../output.ts';
import { size } from '../system/text.ts';
import { cut } from '../table.ts';

const EVERY_MS = 100;
/** Where stderr is no terminal. */
const PLAIN_EVERY_MS = 10_000;
/** What is over at once shows none. */
const FIRST_AFTER_MS = 300;
/** The rate is that of the last few seconds. */
const RATE_MS = 3000;
const ERASE_LINE = '\r\u001b[2K';
const BAR = 20;

export interface Meter {
  /** `total`: bytes, undefined where nobody knows. `from`: what was there before. */
  begin(name: string, total: number | undefined, from?: number): void;
  add(bytes: number): void;
  /** What was sent has not arrived: so many bytes are there. */
  at(bytes: number): void;
  /** Of a folder. */
  files(done: number, total: number): void;
}

export class Progress implements Meter, Disposable {
  readonly #kind: 'none' | 'drawn' | 'plain';
  #name = '';
  #files: State['files'];
  #total: number | undefined;
  #done = 0;
  #samples: { readonly at: number; readonly done: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDrawn = false;

  constructor(isWanted: boolean) {
    const isTerminal = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
    this.#kind = !isWanted ? 'none' : isTerminal ? 'drawn' : 'plain';
  }

  begin(name: string, total: number | undefined, from = 0): void {
    this.end();
    this.#name = name;
    this.#total = total;
    this.#files = undefined;
    this.#done = from;
    this.#samples = [{ at: performance.now(), done: from }];
    if (this.#kind === 'drawn') this.#timer = setTimeout(() => this.#draw(), FIRST_AFTER_MS);
    if (this.#kind === 'plain') this.#timer = setTimeout(() => this.#tell(), PLAIN_EVERY_MS);
  }

  add(bytes: number): void {
    this.#done += bytes;
  }

  at(bytes: number): void {
    this.#done = bytes;
  }

  files(done: number, total: number): void {
    this.#files = { done, total };
  }

  /** Before anything else is written: the line is drawn again behind it. */
  clear(): void {
    if (this.#isDrawn) noteStart(ERASE_LINE);
    this.#isDrawn = false;
  }

  /** Nothing is on its way any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.clear();
  }

  #draw(): void {
    noteStart(ERASE_LINE + progressText(this.#state(RATE_MS), process.stderr.columns || 80));
    this.#isDrawn = true;
    this.#timer = setTimeout(() => this.#draw(), EVERY_MS);
  }

  #tell(): void {
    note(`agent-server: ${plainText(this.#state(2 * PLAIN_EVERY_MS))}`);
    this.#timer = setTimeout(() => this.#tell(), PLAIN_EVERY_MS);
  }

  #state(rateMs: number): State {
    const now = performance.now();
    this.#samples = [...this.#samples.filter(({ at }) => now - at < rateMs), { at: now, done: this.#done }];
    const { name, done, total, files } = { name: this.#name, done: this.#done, total: this.#total, files: this.#files };
    return { name, done, total, files, rate: rateOf(this.#samples) };
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

/** Bytes a second. */
function rateOf(samples: readonly { readonly at: number; readonly done: number }[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at) return 0;
  return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
}

interface State {
  readonly name: string;
  readonly done: number;
  readonly total: number | undefined;
  /** Of a folder. */
  readonly files: { readonly done: number; readonly total: number } | undefined;
  /** Bytes a second. */
  readonly rate: number;
}

/** No wider than the terminal: a line that goes on in the next one cannot be drawn again. What counts least is left out first. */
export function progressText(state: State, columns: number): string {
  const { name, done, total, files } = state;
  const width = Math.max(1, columns - 1);
  const share = shareOf(state);
  const percent = share === undefined ? [] : [`${String(Math.floor(share * 100)).padStart(3)}%`];
  const drawn = share === undefined ? [] : [bar(share)];
  const counted = files === undefined ? [] : [`${files.done} of ${files.total} files`];
  const bytes = total === undefined ? size(done) : `${size(done)} of ${size(total)}`;
  const rate = `${size(state.rate)}/s`;
  const left = share === undefined ? [] : [leftOf(state)];
  for (const parts of [
    [[...percent, ...drawn, bytes].join(' '), ...counted, rate, ...left],
    [[...percent, bytes].join(' '), ...counted, rate, ...left],
    [[...percent, bytes].join(' '), rate, ...left],
    [...percent, rate, ...left],
  ]) {
    const figures = parts.join('  ');
    const room = width - Bun.stringWidth(figures) - 2;
    if (room >= 8) return `${cut(foreignLine(name), room)}  ${figures}`;
  }
  return cut([...percent, ...(share === undefined ? [bytes] : left)].join('  ').trimStart(), width);
}

/** On a line of its own. */
export function plainText(state: State): string {
  const { name, done, total, files } = state;
  const share = shareOf(state);
  return [
    `${foreignLine(name)}: ${total === undefined ? size(done) : `${size(done)} of ${size(total)}`}`,
    ...(share === undefined ? [] : [`${Math.floor(share * 100)}%`]),
    ...(files === undefined ? [] : [`${files.done} of ${files.total} files`]),
    `${size(state.rate)}/s`,
    ...(share === undefined ? [] : [`${leftOf(state)} left`]),
  ].join(', ');
}

/** Of empty files, what there is of them. */
function shareOf({ done, total, files }: State): number | undefined {
  if (total === undefined) return undefined;
  if (total > 0) return Math.min(1, done / total);
  return files === undefined || files.total === 0 ? undefined : files.done / files.total;
}

const leftOf = ({ done, total = 0, rate }: State): string =>
  rate === 0 ? '--:--' : clock(Math.max(0, total - done) / rate);

const bar = (share: number): string => {
  const full = Math.floor(share * BAR);
  return `[${'='.repeat(full)}${full < BAR ? '>' : ''}${' '.repeat(Math.max(0, BAR - full - 1))}]`;
};

/** Such as `1:05` or `2:00:00`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
