/**
 * A command line as bash reads it, up to the cursor, and what goes on in it.
 *
 * The words that bash hands to a function of completion are of little use: it takes them apart at `=` and `:` too, and
 * leaves quotes and backslashes in them. What the function answers replaces only the end of the word that is being typed, as
 * it is, and bash closes a quote that is open before it.
 */
import type { Candidate } from './candidates.ts';

type Quote = '' | '"' | "'";

export interface BashLine {
  /** Without quotes and backslashes; the first is the program, and the last is being typed. */
  readonly words: readonly string[];
  /** The one that is open at the end. */
  readonly quote: Quote;
}

export function readBashLine(line: string): BashLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: Quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const next = line.charAt(at + 1);
    if (char === '\\' && (quote === '' || (quote === '"' && next !== '' && '$`"\\'.includes(next)))) {
      word = (word ?? '') + next;
      at += 1;
    } else if (quote === '' && (char === ' ' || char === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && (char === '"' || char === "'")) {
      word ??= '';
      quote = char;
    } else if (char === quote) quote = '';
    else word = (word ?? '') + char;
  }
  return { words: [...words, word ?? ''], quote };
}

/** What bash is to put in place of `replaced`, the end of the line up to the cursor. */
export function bashReplies(line: string, replaced: string, candidates: readonly Candidate[]): readonly string[] {
  if (!line.endsWith(replaced)) return [];
  const kept = readBashLine(line.slice(0, line.length - replaced.length));
  const begun = kept.words.at(-1) ?? '';
  return candidates.map(({ value }) => {
    const reply = quoted(value.slice(begun.length), kept.quote);
    // bash takes a quote at the end for the closing one, also where it is part of the name.
    return kept.quote !== '' && reply.endsWith(kept.quote) ? reply + kept.quote : reply;
  });
}

/** `!` recalls an earlier command even between double quotes, where no backslash helps. */
function quoted(text: string, within: Quote): string {
  switch (within) {
    case "'":
      return text.replaceAll("'", String.raw`'\''`);
    case '"':
      return text.replaceAll(/[$`"\\]/g, String.raw`\$&`).replaceAll('!', String.raw`"\!"`);
    case '':
      return text.replaceAll(/[^\w./:=@%+,\-\u0080-\u{10ffff}]/gu, String.raw`\$&`);
  }
}
