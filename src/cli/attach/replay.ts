/**
 * Removes queries from output that is shown again. A terminal answers a query (for the cursor position, the colours, the
 * device attributes), and the shell would take the late answer for input. Queries were answered when they were printed:
 * by the attached terminal, or by the server if none was attached.
 */
import { escapeSequences, startOfUnfinished } from '../../core/escape-sequences.ts';

/** What follows the ESC. */
const QUERIES: readonly RegExp[] = [
  // Status and cursor position, device attributes, modes, window size, keyboard, version.
  /^\[\??[\d;]*n$/,
  /^\[[>=]?[\d;]*c$/,
  /^\[\??[\d;]*\$p$/,
  /^\[(?:1[13-689]|2[01])t$/,
  /^\[\?u$/,
  /^\[>[\d;]*q$/,
  /^Z$/,
  // Colours, clipboard, settings (DECRQSS), capabilities (XTGETTCAP).
  /^\](?:\d+;)+\?/,
  /^\]52;[^;]*;\?/,
  /^P[$+]q/,
];

/** Output that comes in chunks, without the queries in its old part. */
export class Replay {
  /** Bytes of old output that are still to come. */
  #left: number;
  #rest = '';

  /** `bytes`: how many bytes of the output are old. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** What is shown of the next chunk. */
  take(output: string): string {
    if (this.#left <= 0 && this.#rest === '') return output;
    this.#left -= Buffer.byteLength(output);
    const text = this.#rest + output;
    // At the end of the old output nothing is held back any more.
    const end = this.#left > 0 ? startOfUnfinished(text) : text.length;
    this.#rest = text.slice(end);
    return text.slice(0, end).replaceAll(escapeSequences(), (sequence) => (isQuery(sequence) ? '' : sequence));
  }
}

const isQuery = (sequence: string): boolean => QUERIES.some((query) => query.test(sequence.slice(1)));
