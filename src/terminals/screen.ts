/**
 * The screen of a terminal as a person sees it: what a headless xterm makes of its output.
 *
 *   absent ──requested──▶ kept ──not requested for a minute──▶ absent
 *
 * It keeps no output of its own. Like a socket it is a cursor into the scrollback, moved on request, and unasked when it
 * lags so far that output could be dropped before the next request. Where output comes faster than xterm parses it, it
 * stops following, and the next request starts anew from the oldest byte that is kept, led by the state that was left there.
 */
import type { Terminal as Xterm } from '@xterm/headless';
import type { Clock } from '../core/clock.ts';
import { newHeadless, textBeforeCursor } from './headless.ts';
import type { Size } from './size.ts';
import type { Terminal } from './terminal.ts';

/** What a screen needs of a terminal. */
export type ScreenSource = Pick<Terminal, 'cols' | 'rows' | 'bytes' | 'read' | 'onOutput' | 'onResize'>;

export interface ScreenView extends Size {
  /** As many as there are rows, without the blanks at their ends. */
  readonly lines: readonly string[];
  /** From 0. */
  readonly cursor: { readonly x: number; readonly y: number; readonly visible: boolean };
  /** Empty where the program has set none. */
  readonly title: string;
  /** Whether the alternate screen is on. */
  readonly alternate: boolean;
}

const UNUSED_MS = 60_000;
/** Bytes that xterm is given at once. */
const PIECE = 64 * 1024;
/** Bytes of output that may wait for the next request. */
const MAX_LAG = 256 * 1024;
/** Of more resizes between two requests, only the last one counts. */
const MAX_RESIZES = 100;

/** The screens of all terminals; each is made at the first request and dropped a minute after the last one. */
export class Screens implements Disposable {
  readonly #clock: Clock;
  readonly #kept = new Map<ScreenSource, { readonly screen: Promise<Screen>; unused: Disposable }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are kept. */
  get count(): number {
    return this.#kept.size;
  }

  /** The screen with all output so far, or with that before the offset `upTo`. */
  async look(source: ScreenSource, upTo = source.bytes): Promise<Screen> {
    const kept = this.#kept.get(source) ?? this.#make(source);
    kept.unused[Symbol.dispose]();
    kept.unused = this.#forgetLater(source);
    const screen = await kept.screen;
    await screen.readUpTo(upTo);
    return screen;
  }

  [Symbol.dispose](): void {
    for (const source of this.#kept.keys()) this.#forget(source);
  }

  #make(source: ScreenSource) {
    const made = { screen: Screen.of(source), unused: this.#forgetLater(source) };
    this.#kept.set(source, made);
    return made;
  }

  #forgetLater(source: ScreenSource): Disposable {
    return this.#clock.after(UNUSED_MS, () => this.#forget(source));
  }

  #forget(source: ScreenSource): void {
    const kept = this.#kept.get(source);
    this.#kept.delete(source);
    kept?.unused[Symbol.dispose]();
    void kept?.screen.then((screen) => screen[Symbol.dispose]());
  }
}

export class Screen implements Disposable {
  readonly #source: ScreenSource;
  readonly #xterm: Xterm;
  readonly #undo: readonly (() => void)[];
  /** Offset of the next byte to be read. */
  #at = 0;
  /** Sizes, and the offset from which each applies. */
  #sizes: ({ readonly from: number } & Size)[] = [];
  #reading: Promise<void> = Promise.resolve();
  /** Offset up to which reading has been requested. */
  #readingTo = 0;
  #lost = false;
  #closed = false;
  #title = '';
  #cursorVisible = true;

  private constructor(source: ScreenSource, xterm: Xterm) {
    this.#source = source;
    this.#xterm = xterm;
    this.#undo = [
      source.onOutput(() => this.#limitLag()),
      source.onResize((cols, rows) => this.#resized({ cols, rows })),
    ];
    this.#watchModes();
  }

  static async of(source: ScreenSource): Promise<Screen> {
    return new Screen(source, await newHeadless(source, 0));
  }

  get view(): ScreenView {
    const { cols, rows } = this.#xterm;
    const buffer = this.#xterm.buffer.active;
    return {
      cols,
      rows,
      lines: Array.from({ length: rows }, (_, row) => this.#line(row)),
      cursor: { x: Math.min(buffer.cursorX, cols - 1), y: buffer.cursorY, visible: this.#cursorVisible },
      title: this.#title,
      alternate: buffer.type === 'alternate',
    };
  }

  /** The text before the cursor on its line, wrapped lines joined. */
  get beforeCursor(): string {
    return textBeforeCursor(this.#xterm);
  }

  /** Whether the program wants pasted text marked as such. */
  get bracketedPaste(): boolean {
    return this.#xterm.modes.bracketedPasteMode;
  }

  /** Resolves when everything before that offset has been read. Never goes back. */
  readUpTo(offset: number): Promise<void> {
    if (offset > this.#readingTo || this.#lost) {
      this.#readingTo = Math.max(offset, this.#readingTo);
      this.#reading = this.#reading.then(() => this.#read(offset, 'start-anew'));
    }
    return this.#reading;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const undo of this.#undo) undo();
    this.#xterm.dispose();
  }

  async #read(end: number, whenLost: 'start-anew' | 'give-up'): Promise<void> {
    this.#lost &&= whenLost === 'give-up';
    while (this.#at < end && !this.#closed) {
      const resize = this.#sizes[0];
      if (resize !== undefined && resize.from <= this.#at) {
        this.#sizes.shift();
        this.#xterm.resize(resize.cols, resize.rows);
        continue;
      }
      const stop = Math.min(end, resize?.from ?? end, this.#at + PIECE);
      const { data, next, dropped, state = '' } = this.#source.read(this.#at, Math.max(4, stop - this.#at));
      if (dropped > 0 && whenLost === 'give-up') {
        this.#lost = true;
        return;
      }
      if (dropped > 0) this.#startAnew();
      this.#at = next;
      // Resolves when it has been parsed, so that this does not run ahead of xterm.
      await new Promise<void>((resolve) => this.#xterm.write(state + data, resolve));
    }
    if (!this.#closed && this.#at === this.#source.bytes) this.#takeLastSize();
  }

  #startAnew(): void {
    this.#xterm.reset();
    this.#cursorVisible = true;
    this.#takeLastSize();
  }

  #takeLastSize(): void {
    this.#sizes = [];
    this.#xterm.resize(this.#source.cols, this.#source.rows);
  }

  #resized(size: Size): void {
    const from = this.#source.bytes;
    if (this.#sizes.at(-1)?.from === from || this.#sizes.length === MAX_RESIZES) this.#sizes.pop();
    this.#sizes.push({ from, ...size });
  }

  #limitLag(): void {
    const end = this.#source.bytes;
    if (this.#lost || end - this.#readingTo <= MAX_LAG) return;
    this.#readingTo = end;
    this.#reading = this.#reading.then(() => this.#read(end, 'give-up'));
  }

  #line(row: number): string {
    const { active } = this.#xterm.buffer;
    return (
      active
        .getLine(active.baseY + row)
        ?.translateToString(true)
        .trimEnd() ?? ''
    );
  }

  /** Modes that xterm keeps and has no public getter for. */
  #watchModes(): void {
    const { parser } = this.#xterm;
    const CURSOR = 25;
    const onMode = (visible: boolean) => (parameters: (number | number[])[]) => {
      if (parameters.includes(CURSOR)) this.#cursorVisible = visible;
      return false;
    };
    const onReset = () => {
      this.#cursorVisible = true;
      return false;
    };
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, onMode(true));
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, onMode(false));
    parser.registerCsiHandler({ intermediates: '!', final: 'p' }, onReset);
    parser.registerEscHandler({ final: 'c' }, onReset);
    this.#xterm.onTitleChange((title) => (this.#title = title));
  }
}
