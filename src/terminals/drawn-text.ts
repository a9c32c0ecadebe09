/**
 * The text that output leaves on the screen of a terminal, and above it, once an emulator has drawn it.
 *
 * Lines that were wrapped are one line. The alternate screen is left out: what an editor shows there is gone when it
 * ends. What was cleared, by `clear` for instance, is left out, too.
 *
 * The output is drawn piece by piece, and after each piece the lines that have left the screen are taken out: however
 * long it is, the emulator keeps few of them.
 */
import type { IBufferLine, IMarker, Terminal as Xterm } from '@xterm/headless';
import { newHeadless, textBeforeCursor, writeTo } from './headless.ts';
import type { Size } from './size.ts';

/** A piece makes no more lines than it has characters. */
const PIECE = 4096;
const TAB_WIDTH = 8;
const CLEAR_SCREEN = '\u001b[2J';
/** A sequence of our own before each tab: an emulator moves its cursor, and remembers no tab. */
const TAB = 7_733_090;
const NOTED_TAB = `\u001b]${TAB}\u0007\t`;

/** `before`: output that came before it, which tells where on the screen it begins, and in which modes. */
export async function drawnText(output: string, before: string, { cols, rows }: Size): Promise<string> {
  const xterm = await newHeadless({ cols, rows }, PIECE);
  try {
    await writeTo(xterm, before + CLEAR_SCREEN);
    const drawing = new Drawing(xterm);
    const text = output.replaceAll('\t', NOTED_TAB);
    for (let at = 0; at < text.length; at += PIECE) {
      await writeTo(xterm, text.slice(at, at + PIECE));
      drawing.takeScrolled();
    }
    return drawing.text();
  } finally {
    xterm.dispose();
  }
}

/** The text before the cursor on its line, after all that output. */
export async function lastLine(output: string, { cols, rows }: Size): Promise<string> {
  const xterm = await newHeadless({ cols, rows }, 0);
  try {
    await writeTo(xterm, output);
    return textBeforeCursor(xterm);
  } finally {
    xterm.dispose();
  }
}

class Drawing {
  readonly #xterm: Xterm;
  /** Lines that can no longer change. */
  #taken: string[] = [];
  /** Rows are counted from the top of the screen at the beginning. */
  #rowsTaken = 0;
  /** The first row that is not taken; the emulator moves it along. */
  #next: IMarker | undefined;
  /** Where the first character goes. */
  #start: { readonly row: number; readonly column: number };
  /** Columns of tabs, by row. */
  readonly #tabs = new Map<number, Set<number>>();

  constructor(xterm: Xterm) {
    this.#xterm = xterm;
    const { cursorX: column, cursorY: row } = xterm.buffer.normal;
    this.#start = { row, column };
    this.#next = xterm.registerMarker(-row);
    xterm.parser.registerOscHandler(TAB, () => this.#noteTab());
    const CLEAR_ALL = 3;
    xterm.parser.registerCsiHandler({ final: 'J' }, ([kind]) => kind === CLEAR_ALL && this.#forget());
    xterm.parser.registerEscHandler({ final: 'c' }, () => this.#forget());
  }

  takeScrolled(): void {
    // Nothing scrolls the main screen while the alternate one is on, and markers are kept for the one that is on.
    if (this.#xterm.buffer.active.type === 'alternate') return;
    const { baseY, cursorY } = this.#xterm.buffer.normal;
    this.#take(baseY);
    this.#next?.dispose();
    this.#next = this.#xterm.registerMarker(-cursorY);
  }

  text(): string {
    const { normal } = this.#xterm.buffer;
    let end = normal.baseY + normal.cursorY + 1;
    for (let row = end; row < normal.length; row += 1)
      if (normal.getLine(row)?.translateToString(true) !== '') end = row + 1;
    this.#take(end);
    return this.#taken.join('\n');
  }

  #take(end: number): void {
    for (let row = this.#firstRow; row < end; row += 1) {
      const line = this.#xterm.buffer.normal.getLine(row);
      if (line !== undefined) this.#add(this.#textOf(line), line.isWrapped);
      this.#tabs.delete(this.#rowsTaken);
      this.#rowsTaken += 1;
    }
  }

  get #firstRow(): number {
    return Math.max(0, this.#next?.line ?? 0);
  }

  #add(text: string, wrapped: boolean): void {
    // Rows above the first character belong to the output only if it went there.
    if (text === '' && this.#taken.length === 0 && this.#rowsTaken < this.#start.row) return;
    const last = this.#taken.length - 1;
    if (wrapped && last >= 0) this.#taken[last] += text;
    else this.#taken.push(text);
  }

  /** What stands in the row that is taken now. */
  #textOf(line: IBufferLine): string {
    const { row, column } = this.#start;
    let at = row === this.#rowsTaken && isUntouched(line, 0, column) ? column : 0;
    const tabs = [...(this.#tabs.get(this.#rowsTaken) ?? [])].toSorted((a, b) => a - b);
    let text = '';
    for (const tab of tabs) {
      const stop = Math.min(line.length, tab - (tab % TAB_WIDTH) + TAB_WIDTH);
      // One that has been overwritten, or is left of an erased line, is no longer seen.
      if (tab < at || !isUntouched(line, tab, stop) || (tab > at && isUntouched(line, tab - 1, tab))) continue;
      text += `${line.translateToString(false, at, tab)}\t`;
      at = stop;
    }
    return text + line.translateToString(true, at);
  }

  #noteTab(): boolean {
    const { type, baseY, cursorX, cursorY } = this.#xterm.buffer.active;
    if (type === 'alternate') return true;
    const row = this.#rowsTaken + baseY + cursorY - this.#firstRow;
    this.#tabs.set(row, (this.#tabs.get(row) ?? new Set()).add(cursorX));
    return true;
  }

  /** Everything is cleared, also what has left the screen; the emulator does its part. */
  #forget(): false {
    this.#taken = [];
    this.#tabs.clear();
    this.#rowsTaken = 0;
    this.#start = { row: 0, column: 0 };
    return false;
  }
}

function isUntouched(line: IBufferLine, from: number, to: number): boolean {
  for (let column = from; column < to; column += 1) {
    const cell = line.getCell(column);
    if (cell === undefined || cell.getCode() !== 0 || cell.getWidth() === 0) return false;
  }
  return true;
}
