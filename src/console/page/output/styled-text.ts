/**
 * Text with escape sequences as styled lines: colours are kept, a carriage return replaces the line (progress bars), and
 * everything else that would move a cursor, set a title or a clipboard is dropped.
 *
 * Made for output that comes in pieces: a sequence may begin in one and end in the next.
 */
import { startOfUnfinished } from '../../../core/escape-sequences.ts';
import { styleAfter, type TextStyle } from './text-style.ts';

export interface Run {
  readonly text: string;
  readonly style: TextStyle;
  /** Where it leads (OSC 8); not judged yet. */
  readonly link?: string;
}

/** What goes on over the end of a line: the colours, and the link. */
export interface TextState {
  readonly style: TextStyle;
  readonly link?: string | undefined;
}

/** What the text consists of, in order. */
export type Token =
  | { readonly at: 'text'; readonly run: Run }
  | { readonly at: 'newline' }
  /** Carriage return: what comes next replaces the line. */
  | { readonly at: 'return' };

// Whole sequences with their parts (CSI, OSC and the other strings, two-byte escapes), and control characters.
const SEQUENCE =
  // eslint-disable-next-line no-control-regex -- finding them is the purpose
  /\u001b\[([0-9;:?<=>]*)[ -/]*([@-~])|\u001b\]8;[^;\u0007\u001b]*;([^\u0007\u001b]*)(?:\u0007|\u001b\\)|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-OQ-WYZ`-~\\]|[\n\r\b]|[\u0000-\u001a\u001c-\u001f\u007f]/g;

export class StyledText {
  #style: TextStyle;
  #link: string | undefined;
  #rest = '';

  constructor({ style, link }: TextState = { style: {} }) {
    this.#style = style;
    this.#link = link;
  }

  get state(): TextState {
    return { style: this.#style, link: this.#link };
  }

  read(piece: string): Token[] {
    const pending = this.#rest + piece;
    const whole = startOfUnfinished(pending);
    this.#rest = pending.slice(whole);
    const text = pending.slice(0, whole);
    const tokens: Token[] = [];
    let from = 0;
    for (const match of text.matchAll(SEQUENCE)) {
      this.#addText(tokens, text.slice(from, match.index));
      from = match.index + match[0].length;
      this.#addControl(tokens, match);
    }
    this.#addText(tokens, text.slice(from));
    return tokens;
  }

  #addText(tokens: Token[], text: string): void {
    const plain = text.replaceAll('\u001b', '');
    if (plain === '') return;
    const link = this.#link === undefined ? {} : { link: this.#link };
    tokens.push({ at: 'text', run: { text: plain, style: this.#style, ...link } });
  }

  #addControl(tokens: Token[], [whole, parameters = '', final, link]: RegExpExecArray): void {
    if (whole === '\n') tokens.push({ at: 'newline' });
    else if (whole === '\r' || (final === 'K' && parameters === '2')) tokens.push({ at: 'return' });
    else if (whole === '\t') this.#addText(tokens, '\t');
    else if (link !== undefined) this.#link = link === '' ? undefined : link;
    else if (final === 'm' && !/[<=>?]/.test(parameters)) this.#style = styleAfter(this.#style, parameters);
  }
}
