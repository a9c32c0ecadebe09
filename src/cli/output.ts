/** The only writer to the console. */
import { writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { codeOf, messageOf } from '../core/failure.ts';
import { escapeControls } from '../core/text.ts';

const isTerminal: boolean = process.stdout.isTTY;

/** Columns of the terminal; undefined where there is none. */
export const columns = (): number | undefined => (isTerminal ? process.stdout.columns : undefined);

/** Who read our output has gone, as in `agent-server logs ID | head -1`. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

// Without a listener a closed pipe is an uncaught exception; those who care learn it from `write`.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

/** A line for people or, with --json, a document for programs. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON document on a line of its own; resolves when it is written. */
export const printJson = (value: unknown): Promise<void> => write('stdout', `${JSON.stringify(value)}\n`);

/** Bytes as they are; resolves when they are written, so that a slow reader slows the writer. */
export function write(to: 'stdout' | 'stderr', bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (to === 'stderr' && bytes.length > 0) midLine = bytes.at(-1) !== '\n' && bytes.at(-1) !== 0x0a;
    process[to].write(bytes, (error) => (error ? reject(new OutputClosed(error.message)) : resolve()));
  });
}

/**
 * Bytes as they are, written when this returns: who calls it from within the event of a socket lets the socket wait, and
 * with it the one who sends.
 */
export function writeNow(to: 'stdout' | 'stderr', text: string): void {
  const file = to === 'stdout' ? 1 : 2;
  for (let bytes = Buffer.from(text); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(writeSync(file, bytes));
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw new OutputClosed(messageOf(error));
      // Somebody who shares the terminal has made it non-blocking.
      Bun.sleepSync(1);
    }
  }
}

/** Whether a command's stderr, which is written to ours, stopped within a line. */
let midLine = false;

/** Something went wrong: one line on stderr. Foreign text in it cannot move the cursor. */
export function complain(message: string): void {
  process.stderr.write(`${midLine ? '\n' : ''}agent-server: ${escapeControls(message)}\n`);
  midLine = false;
}

/** A line that is already escaped, such as one of the log. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Colour where a person looks and has not asked for none (https://no-color.org). */
export function paint(style: keyof typeof CODES, text: string): string {
  if (!isTerminal || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb') return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Columns that a text takes, colour not counted. */
export const widthOf = (text: string): number => Bun.stringWidth(stripVTControlCharacters(text));
