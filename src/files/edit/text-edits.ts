/**
 * Edits of a text that is quoted, as replacements of characters. It is found exactly or not at all; only LF in it also stands for
 * CRLF, which callers do not see. Places that overlap count each, since nobody could say which one was meant.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { EditFailure, Replacement, TextEdit } from './edit.ts';
import { findAll } from './find-all.ts';
import { withLineEnds, type LineEnd, type TextLines } from './text-lines.ts';

/** Lines that a refusal names. */
const MAX_LINES_TOLD = 100;
/** More would hold the server up, and no caller counts them. */
const MAX_PLACES = 100_000;
/** A search of fewer holds nobody up. */
const PAUSE_CHARACTERS = 100_000;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** In the order of the edits, and of the places of each. `pause` is awaited after each search of a large text. */
export async function replacementsOfTexts(
  lines: TextLines,
  edits: readonly TextEdit[],
  end: LineEnd,
  pause: () => Promise<void>,
): Promise<Result<readonly Replacement[], EditFailure>> {
  const find = finderIn(lines);
  const replacements: Replacement[] = [];
  for (const [edit, { old, new: text, count: wanted = 1 }] of edits.entries()) {
    if (lines.text.length > PAUSE_CHARACTERS) await pause();
    const { spans, found } = find(old, Math.max(wanted, MAX_LINES_TOLD));
    if (found !== wanted) {
      const told = spans.slice(0, MAX_LINES_TOLD).map(({ start }) => lines.lineAt(start));
      return fail({ reason: 'text-not-found', edit, wanted, found, lines: told });
    }
    if (replacements.length + found > MAX_PLACES)
      return fail({ reason: 'edit-invalid', detail: `edits: more than ${MAX_PLACES} places in all` });
    const own = withLineEnds(text, end);
    for (const span of spans) replacements.push({ ...span, text: own, edit });
  }
  return ok(replacements);
}

type Find = (old: string, most: number) => { readonly spans: readonly Span[]; readonly found: number };

/** Finds all places, and tells the first of them. */
function finderIn(lines: TextLines): Find {
  const { text } = lines;
  if (lines.ends.crlf === 0)
    return (old, most) => spansIn(text, old, most, (start) => ({ start, end: start + old.length }));
  // Searched without CR of line ends, so that one search finds both kinds.
  const plain = new TextWithoutCr(text);
  return (old, most) => {
    const wanted = old.replaceAll('\r\n', '\n');
    const isExact = wanted.length === old.length;
    return spansIn(plain.text, wanted, most, (start) => {
      const span = { start: plain.original(start), end: plain.original(start + wanted.length) };
      return isExact || hasItsCrs(text.slice(span.start, span.end), old) ? span : undefined;
    });
  };
}

function spansIn(
  text: string,
  old: string,
  most: number,
  spanAt: (start: number) => Span | undefined,
): { readonly spans: readonly Span[]; readonly found: number } {
  const spans: Span[] = [];
  let found = 0;
  for (const at of findAll(text, old)) {
    const span = spanAt(at);
    if (span === undefined) continue;
    found += 1;
    if (spans.length < most) spans.push(span);
  }
  return { spans, found };
}

/** CRLF in what is looked for is CRLF alone. Both have the same lines but for their ends. */
function hasItsCrs(there: string, old: string): boolean {
  const found = there.split('\n');
  return old.split('\n').every((line, at, all) => at === all.length - 1 || !line.endsWith('\r') || line === found[at]);
}

class TextWithoutCr {
  readonly text: string;
  /** Where LFs stand in it that had a CR in front. */
  readonly #shortened: number[] = [];

  constructor(original: string) {
    this.text = original.replaceAll('\r\n', '\n');
    for (let at = original.indexOf('\r\n'); at >= 0; at = original.indexOf('\r\n', at + 2))
      this.#shortened.push(at - this.#shortened.length);
  }

  /** The same place in the original; before the CR where it is that of an LF. */
  original(offset: number): number {
    let low = 0;
    let high = this.#shortened.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shortened[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  }
}
