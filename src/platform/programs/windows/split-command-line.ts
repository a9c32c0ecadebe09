/**
 * A command line in words, as CommandLineToArgvW splits it: the program up to the next quote or white space, backslashes
 * special in front of a quote only, `""` between quotes for one. Other than there, a quote without its closing one is a mistake.
 * https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-commandlinetoargvw
 */
import { fail, ok } from '../../../core/failure.ts';
import type { Programs } from '../programs.ts';

/** The program: "text", or all up to white space. */
const PROGRAM = /[ \t]*(?:"([^"]*)"|([^ \t"][^ \t]*))/y;
/** White space; quotes with the backslashes in front of them; anything else. */
const PIECE = /([ \t]+)|(\\*)("+)|[^ \t"\\]+|\\+/y;

export const splitCommandLine: Programs['splitCommandLine'] = (text) => {
  if (/^[ \t]*$/.test(text)) return ok([]);
  PROGRAM.lastIndex = 0;
  const program = PROGRAM.exec(text);
  if (program === null) return unclosed(text.indexOf('"'));
  const words = [program[1] ?? program[2] ?? ''];
  let word: string | undefined;
  let openedAt: number | undefined;
  for (let at = PROGRAM.lastIndex; at < text.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const [piece = '', blank, slashes = '', quotes] = PIECE.exec(text) ?? [];
    if (quotes !== undefined) {
      const run = readQuotes(slashes.length, quotes.length, openedAt !== undefined);
      word = (word ?? '') + run.text;
      if (!run.inQuotes) openedAt = undefined;
      else openedAt ??= at + piece.length - 1;
    } else if (blank === undefined || openedAt !== undefined) word = (word ?? '') + piece;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (openedAt !== undefined) return unclosed(openedAt);
  return ok(word === undefined ? words : [...words, word]);
};

/** Two backslashes stand for one, the odd one makes the first quote a character; of the rest every third one is, and is out of quotes then. */
function readQuotes(slashes: number, quotes: number, inQuotes: boolean): { text: string; inQuotes: boolean } {
  const isEscaped = slashes % 2 === 1;
  let text = '\\'.repeat(slashes >> 1) + (isEscaped ? '"' : '');
  let count = inQuotes ? 1 : 0;
  for (let left = isEscaped ? quotes - 1 : quotes; left > 0; left -= 1) {
    count += 1;
    if (count < 3) continue;
    text += '"';
    count = 0;
  }
  return { text, inQuotes: count === 1 };
}

const unclosed = (at: number) =>
  fail({ reason: 'command-line-invalid', message: `the " at character ${at + 1} has no closing one` } as const);
