/**
 * What a program sets with one sequence and a later one of the same kind replaces: modes, the shape of the cursor,
 * character sets, titles, colours. Kept in the order of the last changes: of two modes for the mouse the later one counts.
 */
/* eslint-disable no-control-regex -- escape sequences have them */

/** A palette has 256 colours. */
const MAX_SETTINGS = 400;
const MAX_LENGTH = 1024;

/** Modes that are on in a fresh terminal: key repeat, wrap at the margin, cursor. */
const ON = new Set(['?7', '?8', '?25']);
/**
 * Modes that are off: locked keyboard, insert, newline; cursor keys, reverse video, origin, mouse, reverse wrap, keypad, margins, focus,
 * paste, colour scheme and size reports. What other modes are in a fresh terminal depends on the terminal, or its user.
 */
const OFF = new Set(
  '2 4 20 ?1 ?5 ?6 ?9 ?45 ?66 ?69 ?1000 ?1002 ?1003 ?1004 ?1005 ?1006 ?1015 ?1016 ?2004 ?2031 ?2048'.split(' '),
);
/**
 * Not kept, because they act at once rather than last: columns (clears the screen), VT52 (another language), highlighting
 * (waits for the program), saved cursor, and an update that is being drawn.
 */
const ACTIONS = new Set(['?2', '?3', '?1001', '?1048', '?2026']);
/** What a soft reset (DECSTR) resets in every terminal: https://vt100.net/docs/vt510-rm/DECSTR.html. */
const SOFT = ['4', '?1', '?6', '?7', '?25', 'keypad', 'G0', 'G1', 'G2', 'G3', 'shift'];

interface Rule {
  /** The sequence without its ESC. */
  readonly pattern: RegExp;
  /** Of what the pattern has captured. */
  readonly keys: (first: string) => readonly string[];
  /** Restores a fresh terminal, as far as its user's own choice is known. */
  readonly undo?: (first: string) => string;
}

/** Of 94 characters, and of 96, of which G0 has none. */
const SETS = '()*+ -./';
const indexOfSet = (set: string): number => SETS.indexOf(set) % 4;
const RULES: readonly Rule[] = [
  { pattern: /^\[\d* q$/, keys: () => ['cursor'], undo: () => '\u001b[0 q' },
  { pattern: /^[=>]$/, keys: () => ['keypad'], undo: () => '\u001b>' },
  // Character sets G0 to G3, and which of them is in use.
  {
    pattern: /^([()*+\-./])["%&]?.$/,
    keys: (set) => [`G${indexOfSet(set)}`],
    undo: (set) => `\u001b${SETS.charAt(indexOfSet(set))}B`,
  },
  { pattern: /^[no|}~]$/, keys: () => ['shift'], undo: () => '\u000f' },
  // Which keys are sent in xterm's long encoding.
  {
    pattern: /^\[>(\d+)(?:;\d*)?m$/,
    keys: (resource) => [`keys ${resource}`],
    undo: (resource) => `\u001b[>${resource}m`,
  },
  { pattern: /^\[\d+;\d+s$/, keys: () => ['columns'] },
];

/** Operating system commands: their number, and further parameters. */
const COMMAND = /^\](\d+)(?:;([^]*?))?(?:\u0007|\u001b\\)$/;

export class Settings {
  readonly #all = new Map<string, { readonly set: string; readonly undo: string }>();

  /** `sequence` is without its ESC. */
  take(sequence: string): void {
    if (sequence.length > MAX_LENGTH) return;
    const rule = RULES.find(({ pattern }) => pattern.test(sequence));
    if (rule === undefined) return this.#takeCommand(sequence);
    const [, first = ''] = rule.pattern.exec(sequence) ?? [];
    for (const key of rule.keys(first)) this.#set(key, `\u001b${sequence}`, rule.undo?.(first) ?? '');
  }

  /** G1 or G0, by SO or SI. */
  shift(character: string): void {
    this.#set('shift', character, '\u000f');
  }

  /** `mode` is its number, a private one with a question mark before it. */
  setMode(mode: string, on: boolean): void {
    if (ACTIONS.has(mode)) return;
    const usual = ON.has(mode) ? true : OFF.has(mode) ? false : on;
    this.#set(mode === '?66' ? 'keypad' : mode, modeSequence(mode, on), usual === on ? '' : modeSequence(mode, usual));
  }

  softReset(): void {
    for (const key of SOFT) this.#all.delete(key);
    // Terminals differ in what else it resets.
    this.#set('soft reset', '\u001b[!p', '');
  }

  /** A title outlives it. */
  reset(): void {
    for (const key of this.#all.keys()) if (!key.startsWith('title')) this.#all.delete(key);
  }

  get sequences(): string {
    return [...this.#all.values()].map(({ set }) => set).join('');
  }

  get undo(): string {
    const undos = [...this.#all.values()].map(({ undo }) => undo);
    return [...new Set(undos)].join('');
  }

  #takeCommand(sequence: string): void {
    const [, number = '', text = ''] = COMMAND.exec(sequence) ?? [];
    switch (number) {
      case '0':
        this.#set('title 1', `\u001b]1;${text}\u0007`, '');
        return this.#set('title 2', `\u001b]2;${text}\u0007`, '');
      case '1':
      case '2':
        return this.#set(`title ${number}`, `\u001b${sequence}`, '');
      // The palette: pairs of an index and a colour. Then text, background, cursor, selection.
      case '4':
        return this.#takePalette(text.split(';'));
      case '10':
      case '11':
      case '12':
      case '17':
      case '19':
        if (!text.includes('?')) this.#set(`colour ${number}`, `\u001b${sequence}`, `\u001b]1${number}\u0007`);
        return;
      case '22':
        return this.#set('pointer', `\u001b${sequence}`, '\u001b]22;\u0007');
      case '104':
        return this.#resetPalette(text);
      case '110':
      case '111':
      case '112':
      case '117':
      case '119':
        this.#all.delete(`colour ${number.slice(1)}`);
    }
  }

  #takePalette(pairs: readonly string[]): void {
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const [index = '', colour = ''] = pairs.slice(at, at + 2);
      if (/^\d+$/.test(index) && colour !== '?')
        this.#set(`palette ${index}`, `\u001b]4;${index};${colour}\u0007`, `\u001b]104;${index}\u0007`);
    }
  }

  #resetPalette(indices: string): void {
    const reset = new Set(indices.split(';').map((index) => `palette ${index}`));
    for (const key of this.#all.keys())
      if (indices === '' ? key.startsWith('palette') : reset.has(key)) this.#all.delete(key);
  }

  #set(key: string, set: string, undo: string): void {
    // Behind all others, also where it was set before.
    this.#all.delete(key);
    if (this.#all.size < MAX_SETTINGS) this.#all.set(key, { set, undo: undo === set ? '' : undo });
  }
}

function modeSequence(mode: string, on: boolean): string {
  return `\u001b[${mode}${on ? 'h' : 'l'}`;
}
