/**
 * Old output, shown again, must not ask again: a terminal answers questions (where is the cursor, which colours, what are
 * you?), and the answers would be typed into the shell. They were answered when they were asked, by whoever was attached,
 * or by the server where nobody was.
 */
import { escapeSequences, startOfUnfinished } from '../../core/escape-sequences.ts';

/** After its ESC. */
const QUESTIONS: readonly RegExp[] = [
  // Status and cursor, what are you, modes, size of the window, keyboard, version.
  /^\[\??[\d;]*n$/,
  /^\[[>=]?[\d;]*c$/,
  /^\[\??[\d;]*\$p$/,
  /^\[(?:1[13-689]|2[01])t$/,
  /^\[\?u$/,
  /^\[>[\d;]*q$/,
  /^Z$/,
  // Colours, clipboard, settings, capabilities.
  /^\](?:\d+;)+\?/,
  /^\]52;[^;]*;\?/,
  /^P[$+]q/,
];

/** Takes the questions out of output that comes in pieces. */
export class Replay {
  /** Bytes of it that are still to come. */
  #left: number;
  #rest = '';

  /** `bytes`: how much of the output is old. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** What is shown of the next piece. */
  take(output: string): string {
    if (this.#left <= 0 && this.#rest === '') return output;
    this.#left -= Buffer.byteLength(output);
    const text = this.#rest + output;
    // At its end nothing is held back any more.
    const end = this.#left > 0 ? startOfUnfinished(text) : text.length;
    this.#rest = text.slice(end);
    return text.slice(0, end).replaceAll(escapeSequences(), (sequence) => (isQuestion(sequence) ? '' : sequence));
  }
}

const isQuestion = (sequence: string): boolean => QUESTIONS.some((question) => question.test(sequence.slice(1)));
