/**
 * Tracks the terminal modes that a program has changed, and how to undo that when the user detaches: with the mouse still
 * reporting or the cursor still hidden, the user's own shell would be hard to use.
 */
import { escapeSequences, startOfUnfinished } from '../../core/escape-sequences.ts';

/** Private modes (CSI ? N h, CSI ? N l) that are on in a fresh terminal: wrap at the margin, cursor. */
const USUALLY_ON = new Set(['7', '25']);
/** Those that are off: cursor keys, reverse video, mouse and focus reports, bracketed paste, synchronised output. */
const USUALLY_OFF = new Set('1 5 9 1000 1001 1002 1003 1004 1005 1006 1015 1016 2004 2026'.split(' '));
const ALTERNATE_SCREENS = new Set(['47', '1047', '1049']);

/** Other settings: the pattern of the sequence that changes one, and the sequence that restores it. */
const OTHERS: readonly { readonly changes: RegExp; readonly undo: string }[] = [
  // Scroll region; setting it moves the cursor.
  { changes: /^\[\d*;?\d*r$/, undo: '\u001b7\u001b[r\u001b8' },
  // Long encodings of keys: kitty's and xterm's.
  { changes: /^\[[>=][\d;]*u$/, undo: '\u001b[<99u\u001b[=0u' },
  { changes: /^\[>4;?\d*m$/, undo: '\u001b[>4m' },
  // Shape of the cursor, application keypad, line drawing characters.
  { changes: /^\[\d* q$/, undo: '\u001b[0 q' },
  { changes: /^=$/, undo: '\u001b>' },
  { changes: /^\([^B]$/, undo: '\u001b(B\u000f' },
];

export class ProgramModes {
  readonly #changed = new Map<string, boolean>();
  readonly #others = new Set<string>();
  #alternate: string | undefined;
  #rest = '';

  /** Whether a program uses the alternate screen. */
  get alternate(): boolean {
    return this.#alternate !== undefined;
  }

  /** Output, in order. */
  follow(output: string): void {
    if (this.#rest === '' && !output.includes('\u001b')) return;
    const text = this.#rest + output;
    const end = startOfUnfinished(text);
    this.#rest = text.slice(end);
    for (const [sequence] of text.slice(0, end).matchAll(escapeSequences())) this.#take(sequence.slice(1));
  }

  /** Sequences that restore the terminal; colours are reset in any case. */
  get undo(): string {
    const modes = [...this.#changed].map(([mode, on]) => `\u001b[?${mode}${on ? 'l' : 'h'}`);
    const leave = this.#alternate === undefined ? '' : `\u001b[?${this.#alternate}l`;
    return `${[...this.#others].join('')}${leave}${modes.join('')}\u001b[0m`;
  }

  #take(sequence: string): void {
    // A full reset (RIS), or a reset of the modes (DECSTR).
    if (sequence === 'c' || sequence === '[!p') {
      this.#changed.clear();
      if (sequence === 'c') this.#alternate = undefined;
      return;
    }
    const match = /^\[\?([\d;]+)([hl])$/.exec(sequence);
    if (match === null) {
      for (const { changes, undo } of OTHERS) if (changes.test(sequence)) this.#others.add(undo);
      return;
    }
    const on = match[2] === 'h';
    for (const mode of match[1]?.split(';') ?? []) {
      if (ALTERNATE_SCREENS.has(mode)) this.#alternate = on ? mode : undefined;
      if (on ? USUALLY_OFF.has(mode) : USUALLY_ON.has(mode)) this.#changed.set(mode, on);
      else this.#changed.delete(mode);
    }
  }
}
