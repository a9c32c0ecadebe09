/** The only writer to the console. */
import { escapeControls } from '../core/text.ts';

export const isTerminal = process.stdout.isTTY === true;

/** A line for people or, with --json, a document for programs. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Something went wrong: one line on stderr. Foreign text in it cannot move the cursor. */
export function complain(message: string): void {
  process.stderr.write(`agent-server: ${escapeControls(message)}\n`);
}

/** A line that is already escaped, such as one of the log. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
