/** Everything that the program prints goes through here: results to stdout, errors and notes to stderr. */
import { writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { codeOf, messageOf } from '../core/failure.ts';
import { foreignLine } from './foreign-line.ts';

/** Whether stdout is a terminal. */
export const isTerminal = (): boolean => process.stdout.isTTY;

/** Columns of the terminal; undefined where there is none. */
export const columns = (): number | undefined => (isTerminal() ? process.stdout.columns : undefined);

type Stream = 'stdout' | 'stderr';

/** What we print does not arrive, such as on a full disk. */
export class OutputFailed extends Error {
  override readonly name: string = 'OutputFailed';
}

/** The reader of our output has closed its end, as in `agent-server logs ID | head -1`. */
export class OutputClosed extends OutputFailed {
  override readonly name = 'OutputClosed';
}

/** EOF: what Windows says of a pipe. ECONNRESET: of a socket, which some programs have as the output of theirs. */
const CLOSED_CODES: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EOF', 'ECONNRESET']);

function failureOf(to: Stream, error: unknown): OutputFailed {
  const code = codeOf(error);
  // A terminal that was closed fails with EIO, and so does a broken disk.
  if (CLOSED_CODES.has(code) || (code === 'EIO' && process[to].isTTY)) return new OutputClosed(messageOf(error));
  return new OutputFailed(`${to} could not be written: ${messageOf(error)}`);
}

// Without a listener a closed pipe is an uncaught exception. Callers learn of it from `write`.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

/** A line on stdout; resolves when it is written. */
export const print = (line: string): Promise<void> => write('stdout', `${line}\n`);

/** One JSON document on a line of its own; resolves when it is written. */
export const printJson = (value: unknown): Promise<void> => write('stdout', `${JSON.stringify(value)}\n`);

/** What a verb answers: with --json a document for programs, otherwise text for people. */
export const printAnswer = (asJson: boolean | undefined, document: unknown, text: string): Promise<void> =>
  asJson === true ? printJson(document) : write('stdout', `${text}\n`);

/** Bytes as they are; resolves when they are written, so that a caller who waits writes no faster than is read. */
export function write(to: Stream, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (to === 'stderr' && bytes.length > 0) midLine = bytes.at(-1) !== '\n' && bytes.at(-1) !== 0x0a;
    process[to].write(bytes, (error) => (error ? reject(failureOf(to, error)) : resolve()));
  });
}

/**
 * Text as it is, written when this returns. Called from an event of a socket, it keeps the socket from receiving more
 * until the output is written, so that the sender slows down too.
 */
export function writeNow(to: Stream, text: string): void {
  const file = to === 'stdout' ? 1 : 2;
  for (let bytes = Buffer.from(text); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(writeSync(file, bytes));
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw failureOf(to, error);
      // Another program on the same terminal has made it non-blocking.
      Bun.sleepSync(1);
    }
  }
}

/** Whether the last output of a command on our stderr did not end with a newline. */
let midLine = false;

/** An error: one line on stderr. Control characters in it are escaped, so that foreign text cannot move the cursor. */
export function complain(message: string): void {
  process.stderr.write(`${midLine ? '\n' : ''}agent-server: ${foreignLine(message)}\n`);
  midLine = false;
}

/** A line on stderr that is escaped already, such as one of the log. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The beginning of a line on stderr, such as a question at a terminal. */
export function noteStart(text: string): void {
  process.stderr.write(text);
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Colour where that stream is a terminal, unless the user wants none (https://no-color.org). */
export function paint(style: keyof typeof CODES, text: string, on: Stream = 'stdout'): string {
  if (!process[on].isTTY || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb') return text;
  const [begin, end] = CODES[style];
  return `\u001b[${begin}m${text}\u001b[${end}m`;
}

/** Columns that a text takes up on a terminal; colour takes none. */
export const widthOf = (text: string): number => Bun.stringWidth(stripVTControlCharacters(text));
