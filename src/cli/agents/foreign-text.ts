/**
 * Text of an agent as a terminal may show it: control bytes are visible and do nothing (CVE-2025-55754). An agent passes on
 * what it has read, so its words are as little to be trusted as the files and pages that it reads.
 */
import { escapeControls } from '../../core/text.ts';

/** Text of several lines that comes in pieces. */
export class ForeignText {
  /** A carriage return at the end of a piece: the line feed after it may be in the next one. */
  #rest = '';

  take(piece: string): string {
    const text = this.#rest + piece;
    this.#rest = text.endsWith('\r') ? '\r' : '';
    return text
      .slice(0, text.length - this.#rest.length)
      .replaceAll('\r\n', '\n')
      .replaceAll(/[^\n\t]+/g, escapeControls);
  }
}
