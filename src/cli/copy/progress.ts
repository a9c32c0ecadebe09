/** How far a copy is, as a line on the terminal that is drawn again and again. Nothing where stderr is no terminal. */
import { escapeControls } from '../../core/text.ts';
import { noteStart } from '../output.ts';
import { size } from '../system/text.ts';
import { cut } from '../table.ts';

const EVERY_MS = 100;
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
}

export class Progress implements Meter, Disposable {
  readonly #isShown: boolean;
  #name = '';
  #total: number | undefined;
  #done = 0;
  #samples: { readonly at: number; readonly done: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDrawn = false;

  constructor(isWanted: boolean) {
    this.#isShown = isWanted && process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  }

  begin(name: string, total: number | undefined, from = 0): void {
    this.clear();
    this.#name = name;
    this.#total = total;
    this.#done = from;
    this.#samples = [{ at: performance.now(), done: from }];
    if (this.#isShown) this.#timer = setTimeout(() => this.#draw(), FIRST_AFTER_MS);
  }

  add(bytes: number): void {
    this.#done += bytes;
  }

  at(bytes: number): void {
    this.#done = bytes;
  }

  /** Before anything else is written. */
  clear(): void {
    clearTimeout(this.#timer);
    if (this.#isDrawn) noteStart(ERASE_LINE);
    this.#isDrawn = false;
  }

  #draw(): void {
    const now = performance.now();
    this.#samples = [...this.#samples.filter(({ at }) => now - at < RATE_MS), { at: now, done: this.#done }];
    const text = progressText(
      { name: this.#name, done: this.#done, total: this.#total, rate: rateOf(this.#samples) },
      process.stderr.columns || 80,
    );
    noteStart(ERASE_LINE + text);
    this.#isDrawn = true;
    this.#timer = setTimeout(() => this.#draw(), EVERY_MS);
  }

  [Symbol.dispose](): void {
    this.clear();
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
  /** Bytes a second. */
  readonly rate: number;
}

/** No wider than the terminal: a line that goes on in the next one cannot be drawn again. */
export function progressText({ name, done, total, rate }: State, columns: number): string {
  const speed = `${size(rate)}/s`;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  const left = total === undefined || rate === 0 ? '--:--' : clock(Math.max(0, total - done) / rate);
  const figures =
    share === undefined
      ? `${size(done)}  ${speed}`
      : `${String(Math.floor(share * 100)).padStart(3)}% ${bar(share)} ${size(done)} of ${size(total ?? 0)}  ${speed}  ${left}`;
  const room = columns - figures.length - 3;
  const whole = room < 8 ? figures : `${cut(escapeControls(name), room)}  ${figures}`;
  return cut(whole, Math.max(1, columns - 1));
}

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
