/**
 * The state that a terminal's output has set and that lasts: modes, screen, scroll region, keyboard, colours, character
 * sets, title, tab stops. Not what the screens show, nor where the cursor stands: that takes a whole emulator.
 *
 * For output that is shown without what came before it, `sequences` leads it; for a terminal that is left, `undo` restores
 * it. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
 */
/* eslint-disable no-control-regex -- escape sequences have them */
import { Keyboard } from './keyboard.ts';
import { Pen } from './pen.ts';
import { SequenceReader } from './sequence-reader.ts';
import { Settings } from './settings.ts';
import { TabStops } from './tab-stops.ts';

/** What each of the two screens has for itself. */
interface ScreenState {
  /** The sequence that has set it, and the offset behind that. */
  region: { readonly set: string; readonly at: number } | undefined;
  /** Attributes that were saved with the cursor. */
  saved: Pen | undefined;
  keyboard: Keyboard;
}

const freshScreen = (): ScreenState => ({ region: undefined, saved: undefined, keyboard: new Keyboard() });
const ALTERNATE_MODES = new Set(['?47', '?1047', '?1049']);
const MODES = /^\[(\??)([\d;]+)([hl])$/;
const LINK = /^\]8;[^;]*;([^]*?)(?:\u0007|\u001b\\)$/;
const MAX_LINK = 2048;

export class TerminalState {
  readonly #reader = new SequenceReader();
  readonly #settings = new Settings();
  readonly #tabs = new TabStops();
  #pen = new Pen();
  /** The hyperlink of what is written. */
  #link = '';
  #main = freshScreen();
  #alternateScreen = freshScreen();
  /** The mode that has turned the alternate screen on. */
  #alternate: string | undefined;
  #read = 0;

  /** Output, in order: text, or bytes as Latin-1, which `sequences` is then, too. */
  take(output: string): void {
    this.#read += output.length;
    this.#reader.read(output, (sequence, before) => this.#takeSequence(sequence, before));
  }

  /** Whether the alternate screen is on. */
  get alternate(): boolean {
    return this.#alternate !== undefined;
  }

  /**
   * What brings a fresh terminal into this state, with the beginning of a sequence where the output so far ends within one.
   * `resizedAt`: characters of output before the last change of the size, which ends scroll regions.
   */
  sequences(resizedAt = 0): string {
    const { region } = this.#main;
    const alternate = this.#alternate === undefined ? '' : `\u001b[${this.#alternate}h`;
    const all = [
      this.#tabs.sequences,
      this.#settings.sequences,
      isValid(region, resizedAt) ? region.set : '',
      this.#main.keyboard.sequence,
      savedSequence(this.#main),
      alternate,
      alternate === '' ? '' : this.#alternateSequences(resizedAt),
      this.#main.saved === undefined && this.#alternateScreen.saved === undefined ? '' : '\u001b[0m',
      this.#pen.sequence,
      this.#link,
    ].join('');
    return all + this.#reader.unfinished;
  }

  /** What makes of this terminal, `columns` wide, a fresh one; a title, and colours of one's own, cannot be known. */
  undo(columns: number): string {
    const region = this.#screen.region ?? this.#main.region;
    return [
      // Ends a sequence that is not complete.
      this.#reader.unfinished === '' ? '' : '\u0018',
      this.#alternate === undefined ? '' : this.#alternateScreen.keyboard.undo,
      this.#alternate === undefined ? '' : `\u001b[${this.#alternate}l`,
      this.#main.keyboard.undo,
      this.#settings.undo,
      // Each of them moves the cursor.
      region === undefined ? '' : '\u001b7\u001b[r\u001b8',
      this.#tabs.undo(columns),
      this.#link === '' ? '' : '\u001b]8;;\u0007',
      '\u001b[0m',
    ].join('');
  }

  get #screen(): ScreenState {
    return this.#alternate === undefined ? this.#main : this.#alternateScreen;
  }

  #alternateSequences(resizedAt: number): string {
    const { region, keyboard } = this.#alternateScreen;
    const set = isValid(region, resizedAt) ? region.set : '';
    return set + keyboard.sequence + savedSequence(this.#alternateScreen);
  }

  #takeSequence(sequence: string, before: () => string): void {
    const rest = sequence.slice(1);
    switch (rest) {
      case '':
        return this.#settings.shift(sequence);
      case 'c':
        return this.#reset();
      case '[!p':
        return this.#softReset();
      case '7':
      case '[s':
        this.#screen.saved = this.#pen.copy();
        return;
      case '8':
      case '[u':
        this.#pen = this.#screen.saved?.copy() ?? new Pen();
        return;
      case 'H':
        return this.#tabs.setAfter(before());
      case '[3g':
        return this.#tabs.clearAll();
    }
    if (rest.startsWith('[')) this.#takeControl(rest);
    else if (rest.startsWith(']8;')) this.#takeLink(sequence);
    else this.#settings.take(rest);
  }

  /** A control sequence. */
  #takeControl(sequence: string): void {
    switch (sequence.charAt(sequence.length - 1)) {
      case 'm':
        if (/^\[[\d;:]*m$/.test(sequence)) return this.#pen.take(sequence.slice(1, -1));
        break;
      case 'h':
      case 'l':
        return this.#takeModes(sequence);
      case 'r':
        if (/^\[[\d;]*r$/.test(sequence))
          this.#screen.region = sequence === '[r' ? undefined : { set: `\u001b${sequence}`, at: this.#read };
        return;
      case 'u':
        return void this.#screen.keyboard.take(sequence.slice(1));
      case 'q':
      case 's':
        break;
      default:
        return;
    }
    this.#settings.take(sequence);
  }

  #takeModes(sequence: string): void {
    const [, kind = '', numbers = '', final] = MODES.exec(sequence) ?? [];
    for (const number of numbers.split(';')) {
      const mode = `${kind}${number}`;
      if (ALTERNATE_MODES.has(mode)) this.#switchScreen(mode, final === 'h');
      else if (number !== '') this.#settings.setMode(mode, final === 'h');
    }
  }

  #switchScreen(mode: string, on: boolean): void {
    const saves = mode === '?1049';
    if (on && this.#alternate === undefined) {
      if (saves) this.#main.saved = this.#pen.copy();
      this.#alternateScreen = freshScreen();
    }
    this.#alternate = on ? mode : undefined;
    if (saves && !on) this.#pen = this.#main.saved?.copy() ?? new Pen();
  }

  #takeLink(sequence: string): void {
    const address = LINK.exec(sequence.slice(1))?.[1] ?? '';
    this.#link = address === '' || sequence.length > MAX_LINK ? '' : sequence;
  }

  #reset(): void {
    this.#alternate = undefined;
    this.#softReset();
    this.#settings.reset();
    this.#tabs.reset();
    this.#link = '';
    this.#main = freshScreen();
    this.#alternateScreen = freshScreen();
  }

  #softReset(): void {
    this.#settings.softReset();
    this.#pen = new Pen();
    Object.assign(this.#screen, { region: undefined, saved: undefined });
  }
}

function isValid(region: ScreenState['region'], resizedAt: number): region is NonNullable<ScreenState['region']> {
  return region !== undefined && region.at > resizedAt;
}

const savedSequence = ({ saved }: ScreenState): string =>
  saved === undefined ? '' : `\u001b[0m${saved.sequence}\u001b7`;
