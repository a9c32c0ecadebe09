/**
 * What a command printed, as a person would quote it.
 *
 * Removed: escape sequences (CSI, OSC, DCS, SOS, PM, APC and the short ones: colours, titles, cursor moves, modes) and
 * control characters but tab and newline. CRLF is a newline. A lone CR and a backspace go back within the line, and what
 * follows overwrites, as with a progress bar; `ESC [ K` and `ESC [ J` clear the rest of the line.
 */
/* eslint-disable no-control-regex -- this file is about them */
import { escapeSequences } from '../core/escape-sequences.ts';

/** Marks where the rest of a line is cleared, until the line is rendered. */
const CLEAR_REST = '\u0000';
const CLEAR = /^\u001b\[0?[JK]$/;

export function plainText(output: string): string {
  const text = output
    .replaceAll(escapeSequences(), (sequence) => (CLEAR.test(sequence) ? CLEAR_REST : ''))
    .replaceAll(/\r+\n/g, '\n')
    .replaceAll(/[\u0001-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '');
  return /[\u0000\b\r]/.test(text) ? text.split('\n').map(renderLine).join('\n') : text;
}

/** A line as it looks when everything in it has been written. */
function renderLine(line: string): string {
  if (!/[\b\r]/.test(line)) return line.replaceAll(CLEAR_REST, '');
  const cells: string[] = [];
  let column = 0;
  for (const char of line) {
    if (char === '\r') column = 0;
    else if (char === '\b') column = Math.max(0, column - 1);
    else if (char === CLEAR_REST) cells.length = Math.min(cells.length, column);
    else {
      cells[column] = char;
      column += 1;
    }
  }
  return cells.join('');
}
