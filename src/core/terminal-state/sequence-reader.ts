/**
 * Escape sequences, and shifts between character sets, out of text that comes in pieces.
 *
 * It keeps the beginning of a sequence whose end has not come: `MAX_UNFINISHED` characters at most. Of a longer string (an
 * image, a clipboard) only a beginning is kept that makes a terminal ignore what follows, up to the end of the string.
 */
/* eslint-disable no-control-regex -- escape sequences have them */
import { escapeSequences } from '../escape-sequences.ts';

const MAX_UNFINISHED = 4096;
/** Characters before a sequence that are told with it. */
const MAX_BEFORE = 2048;
const ESC = '\u001b';
/** With SO and SI, which choose G1 and G0: https://vt100.net/docs/vt510-rm/SO.html. */
const FOUND = new RegExp(`${escapeSequences().source}|[\u000e\u000f]`, 'g');
const UNFINISHED =
  /^\u001b(?:[ -/]*|\[[0-?]*[ -/]*|\][^\u0007\u0018\u001a\u001b]*\u001b?|[PX^_][^\u0018\u001a\u001b]*\u001b?)$/;

export class SequenceReader {
  #unfinished = '';
  /** The end of what was read before, without `#unfinished`. */
  #before = '';

  /** The beginning of a sequence that is not complete. */
  get unfinished(): string {
    return this.#unfinished;
  }

  /** Calls `found` with each whole sequence, and, when asked, with the end of the output before it. */
  read(piece: string, found: (sequence: string, before: () => string) => void): void {
    const text = this.#unfinished + piece;
    const end = startOfUnfinished(text);
    const earlier = this.#before;
    this.#unfinished = text.length - end > MAX_UNFINISHED ? ignoredBeginning(text.charAt(end + 1)) : text.slice(end);
    FOUND.lastIndex = 0;
    for (let match = FOUND.exec(text); match !== null && match.index < end; match = FOUND.exec(text)) {
      const { index } = match;
      found(match[0], () => (earlier + text.slice(Math.max(0, index - MAX_BEFORE), index)).slice(-MAX_BEFORE));
    }
    this.#before = (end < MAX_BEFORE ? earlier + text.slice(0, end) : text.slice(0, end)).slice(-MAX_BEFORE);
  }
}

/** Its last ESC begins it, or is the first half of what ends it. */
function startOfUnfinished(text: string): number {
  let at = text.lastIndexOf(ESC);
  if (at > 0 && at === text.length - 1) {
    const before = text.lastIndexOf(ESC, at - 1);
    if (before !== -1 && UNFINISHED.test(text.slice(before))) at = before;
  }
  return at !== -1 && UNFINISHED.test(text.slice(at)) ? at : text.length;
}

/** No terminal has an operating system command that begins with a letter x, nor such an application's command. */
const ignoredBeginning = (kind: string): string => (kind === ']' ? `${ESC}]x` : `${ESC}_x`);
