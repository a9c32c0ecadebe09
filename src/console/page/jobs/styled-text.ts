/**
 * Text with escape sequences as styled lines: colours are kept, a carriage return replaces the line (progress bars), and
 * everything else that would move a cursor, set a title or a clipboard is dropped.
 *
 * Made for output that comes in pieces: a sequence may begin in one and end in the next.
 */
import { startOfUnfinished } from '../../../core/escape-sequences.ts';

export interface TextStyle {
  /** A palette index 0–255, or `#rrggbb`. */
  readonly color?: number | string;
  readonly background?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

export interface Run {
  readonly text: string;
  readonly style: TextStyle;
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
  /\u001b\[([0-9;:?<=>]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-OQ-WYZ`-~\\]|[\n\r\b]|[\u0000-\u001a\u001c-\u001f\u007f]/g;

export class StyledText {
  #style: TextStyle = {};
  #rest = '';

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
    if (plain !== '') tokens.push({ at: 'text', run: { text: plain, style: this.#style } });
  }

  #addControl(tokens: Token[], [whole, parameters = '', final]: RegExpExecArray): void {
    if (whole === '\n') tokens.push({ at: 'newline' });
    else if (whole === '\r' || (final === 'K' && parameters === '2')) tokens.push({ at: 'return' });
    else if (whole === '\t') this.#addText(tokens, '\t');
    else if (final === 'm' && !/[<=>?]/.test(parameters)) this.#style = styleAfter(this.#style, parameters);
  }
}

/** Select Graphic Rendition: ECMA-48 8.3.117, with the 256 and true colours of xterm. */
function styleAfter(style: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/).map(Number);
  let now: TextStyle = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(at + 1));
      at += used;
      if (color !== undefined) now = { ...now, [code === 38 ? 'color' : 'background']: color };
    } else now = afterCode(now, code);
  }
  return now;
}

function afterCode(style: TextStyle, code: number): TextStyle {
  if (code >= 30 && code <= 37) return { ...style, color: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, color: code - 82 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  const { color, background, ...rest } = style;
  const colors = { ...(color !== undefined && { color }), ...(background !== undefined && { background }) };
  switch (code) {
    case 0:
      return {};
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 7:
      return { ...style, inverse: true };
    case 22:
      return { ...rest, ...colors, bold: false, dim: false };
    case 23:
      return { ...style, italic: false };
    case 24:
      return { ...style, underline: false };
    case 27:
      return { ...style, inverse: false };
    case 39:
      return { ...rest, ...(background !== undefined && { background }) };
    case 49:
      return { ...rest, ...(color !== undefined && { color }) };
    default:
      return style;
  }
}

/** `5;N` or `2;R;G;B`, and how many codes that was. */
function extendedColor([kind, ...values]: readonly number[]): [color: number | string | undefined, used: number] {
  const isByte = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 255;
  if (kind === 5) return [isByte(values[0]) ? values[0] : undefined, 2];
  const parts = values.slice(0, 3);
  if (kind !== 2 || parts.length < 3 || !parts.every(isByte)) return [undefined, kind === 2 ? 4 : 0];
  return [`#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`, 4];
}
