/**
 * A command line in words, as a POSIX shell splits it: white space between words, quotes, backslashes. Nothing is
 * expanded, and no character is an operator.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
import { fail, ok } from '../../../core/failure.ts';
import type { Programs } from '../programs.ts';

/** White space; 'text'; "text"; one escaped character, or a backslash at the very end; anything else. */
const PIECE = /([ \t\n]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S]?)|([^ \t\n'"\\]+)/y;

export const splitCommandLine: Programs['splitCommandLine'] = (text) => {
  const words: string[] = [];
  let word: string | undefined;
  PIECE.lastIndex = 0;
  for (let at = 0; at < text.length; at = PIECE.lastIndex) {
    const piece = PIECE.exec(text);
    if (piece === null)
      return fail({
        reason: 'command-line-invalid',
        message: `the ${text[at]} at character ${at + 1} has no closing one`,
      });
    const [, space, single, double, escaped, plain] = piece;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (escaped === '\n') {
      // The line goes on.
    } else if (escaped !== undefined) word = (word ?? '') + (escaped === '' ? '\\' : escaped);
    else word = (word ?? '') + (single ?? plain ?? inDoubleQuotes(double ?? ''));
  }
  return ok(word === undefined ? words : [...words, word]);
};

/** There a backslash is special in front of these only. */
const inDoubleQuotes = (text: string): string => text.replaceAll(/\\([$`"\\])|\\\n/g, '$1');
