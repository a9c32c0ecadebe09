/**
 * What was typed into a terminal and is, as far as its keys tell, not read yet: whole lines, and the beginning of one.
 *
 * It is an estimate. A program may read lines that no shell sees, and a key may be bound to anything. Who asks compares it
 * with what is on the screen.
 */
/* eslint-disable no-control-regex -- keys are control characters */
import type { Marks } from './marks.ts';

/** Asks a shell with marks for its mark K (marks.ts); no key of a keyboard sends it. The integrations bind it. */
export const ASK_LINE = '\u001b[133~';
/** Answers of a terminal emulator to a program, mouse and focus, and what asks for a mark: nobody typed them. */
const REPORT =
  /\u001b\[(?:133~|[?>=]?[\d;]*\$?[cnRty]|[IO]|\?[\d;]*u|<[\d;]*[Mm]|M[^]{3})|\u001b[\]P_^][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
/** A pasted piece, a quoted key, a sequence of a key, a character. */
const KEY = /\u001b\[200~|\u001b\[201~|\u0016[^]|\u001b\[[0-?]*[ -/]*[@-~]|\u001bO[^]|\u001b[^]?|[^]/gu;
const PASTE_BEGINS = '\u001b[200~';
const PASTE_ENDS = '\u001b[201~';

const ENTERS = ['\r', '\n', '\u000f'];
/** Ctrl-C, Ctrl-Z and Ctrl-\: the system drops what is not read yet. */
const INTERRUPTS = ['\u0003', '\u001a', '\u001c'];
const ERASES_LINE = '\u0015';
const ERASES_WORD = '\u0017';
const ERASES_CHARACTER = ['\u0008', '\u007f'];
/** They move the cursor, erase, or draw anew: an empty line stays empty. */
const ADDS_NOTHING = /^(?:[\u0001\u0002\u0004-\u0007\u000b\u000c]|\u001b[[O][CDFH]|\u001b\[3~)$/;
/** Enough to find it again on the screen. */
const MAX_TEXT = 1000;

export class TypedInput {
  #count = 0;
  #lines = 0;
  #entered = 0;
  #enteredAt = 0;
  #linesFrom = 0;
  #interrupted = false;
  #begunAt: number | undefined;
  #firstKey = '';
  #text = '';
  #moreThanText = false;
  #moved = false;
  #pasting = false;
  /** The prompt before a command whose rest a shell without marks waits for, as the screen tells; undefined elsewhere. */
  base: string | undefined;

  /** How often something was typed. */
  get count(): number {
    return this.#count;
  }

  /** Lines that nobody is known to have read. */
  get lines(): number {
    return this.#lines;
  }

  /** Lines that were typed so far. */
  get entered(): number {
    return this.#entered;
  }

  /** Offset in the output at which the last Enter was typed. */
  get enteredAt(): number {
    return this.#enteredAt;
  }

  /** Whether a key interrupted what ran, and may still drop what is typed behind it. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Offset in the output at which the first of the lines that nobody is known to have read was begun. */
  get linesFrom(): number {
    return this.#linesFrom;
  }

  /** Offset at which the first key behind the last Enter was typed, whatever that key does; undefined without one. */
  get begunAt(): number | undefined {
    return this.#begunAt;
  }

  /** What a system shows for that key while no program reads keys one by one. */
  get firstEcho(): string {
    const code = this.#firstKey.codePointAt(0) ?? 0;
    return code < 32 ? `^${String.fromCodePoint(code + 64)}` : this.#firstKey.slice(0, 1);
  }

  /** Whether a line was begun: by its text, or by a key that may bring some, as from the history. */
  get unfinished(): boolean {
    return this.#text !== '' || this.#moreThanText;
  }

  /** `at`: offset in the output. */
  type(data: string, at: number): void {
    const keys = data.replaceAll(REPORT, '');
    if (keys === '') return;
    this.#count += 1;
    const entered = this.#entered;
    for (const [key] of keys.matchAll(KEY)) this.#press(key, at);
    if (this.#entered > entered || this.#interrupted) this.#enteredAt = at;
  }

  /** The shell has read a line. */
  lineRead(): void {
    this.#lines = Math.max(0, this.#lines - 1);
  }

  /** All whole lines have been read. */
  settleLines(): void {
    this.#lines = 0;
  }

  /** Nothing more comes of an interrupt. */
  settleInterrupt(): void {
    this.#interrupted = false;
  }

  /** The line is empty. */
  clearLine(): void {
    this.#text = '';
    this.#moreThanText = false;
    this.#moved = false;
    this.#begunAt = undefined;
  }

  #press(key: string, at: number): void {
    if (this.#begunAt === undefined) this.#firstKey = key;
    this.#begunAt ??= at;
    if (key === PASTE_BEGINS || key === PASTE_ENDS) this.#pasting = key === PASTE_BEGINS;
    else if (this.#pasting) this.#add(key);
    else if (/^\u0016[^]/.test(key)) this.#add(key.slice(1));
    else if (ENTERS.includes(key)) this.#enter();
    else if (INTERRUPTS.includes(key)) this.#interrupts();
    else if (key === ERASES_LINE) this.#erase('');
    else if (key === ERASES_WORD) this.#erase(this.#text.replace(/\S+\s*$/u, ''));
    else if (ERASES_CHARACTER.includes(key)) this.#erase(this.#text.replace(/.$/su, ''));
    else if (/^[\u0000-\u001f]/.test(key)) this.#move(key);
    else this.#add(key);
  }

  #add(text: string): void {
    this.#text = (this.#text + text).slice(-MAX_TEXT);
  }

  /** `rest`: what is left of a line whose cursor is at its end. */
  #erase(rest: string): void {
    // What stands behind the cursor may be left, too.
    this.#moreThanText ||= this.#moved && this.#text !== '';
    this.#text = rest;
    if (rest === '' && !this.#moreThanText && !this.#moved) this.clearLine();
  }

  #move(key: string): void {
    this.#moved = true;
    this.#moreThanText ||= !ADDS_NOTHING.test(key);
  }

  #enter(): void {
    if (this.#lines === 0) this.#linesFrom = this.#begunAt ?? 0;
    this.#lines += 1;
    this.#entered += 1;
    this.clearLine();
  }

  #interrupts(): void {
    this.#lines = 0;
    this.#interrupted = true;
    this.base = undefined;
    this.clearLine();
  }
}

/** Has the marks of a shell tell which lines it has read. */
export function followReading(marks: Pick<Marks, 'onMark'>, typed: TypedInput): void {
  /** Whether the line that came to the next prompt is counted already. */
  let counted = true;
  marks.onMark(({ kind, fresh }) => {
    if (kind !== 'C' && kind !== 'P' && !fresh) return;
    // The lines of a pasted command have a C each. An empty line, one that is no command, or the first of several has none.
    if (!counted) typed.lineRead();
    counted = kind === 'C';
  });
}
