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

/** Old output, which comes in chunks, without the queries in it. */
export class Replay {
  #rest = '';

  /** What is shown of the next chunk. */
  take(output: string): string {
    const text = this.#rest + output;
    const end = startOfUnfinished(text);
    this.#rest = text.slice(end);
    return text.slice(0, end).replaceAll(escapeSequences(), (sequence) => (isQuery(sequence) ? '' : sequence));
  }

  /** What was held back at its end. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }
}

const isQuery = (sequence: string): boolean => QUERIES.some((query) => query.test(sequence.slice(1)));
