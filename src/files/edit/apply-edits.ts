/**
 * Applies edits to a text, all by the positions that it had as it was. What no edit names stays as it is, character by
 * character, also a last line without an end: whatever the last line of the new text is, it has none then, either. An empty line
 * is the exception, which without its end would be no line.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { EditFailure, Edits, Replacement } from './edit.ts';
import { replacementsOfLines } from './line-edits.ts';
import { replacementsOfTexts } from './text-edits.ts';
import { TextLines, type LineEnd } from './text-lines.ts';

/** Lines from 1; `to` is one less than `from` where nothing is left of an edit: it was before `from`. */
export interface LineSpan {
  readonly from: number;
  readonly to: number;
}

export interface Edited {
  readonly before: TextLines;
  readonly after: TextLines;
  /** In the order of the text. */
  readonly changes: readonly Replacement[];
  /** Where the edits are now, in their order; one that was made in several places has as many. */
  readonly places: readonly LineSpan[];
}

export interface ApplyOptions {
  /** Of new lines; default: the more frequent one of the text. */
  readonly end?: LineEnd | undefined;
  /** Awaited now and then, so that others have their turn. Default: not at all. */
  readonly pause?: () => Promise<void>;
}

export async function applyEdits(
  text: string,
  edits: Edits,
  { end, pause = async () => {} }: ApplyOptions = {},
): Promise<Result<Edited, EditFailure>> {
  const before = new TextLines(text);
  const ending = end ?? before.usualEnd;
  return edits.kind === 'texts'
    ? edited(before, before, await replacementsOfTexts(before, edits.edits, ending, pause), (whole) => whole)
    : before.hasFinalEnd
      ? edited(before, before, replacementsOfLines(before, edits.edits, ending), (whole) => whole)
      : editedWithoutFinalEnd(before, edits.edits, ending);
}

/** Its last line gets an end for a moment, so that lines can be put behind it. */
function editedWithoutFinalEnd(
  before: TextLines,
  edits: Extract<Edits, { kind: 'lines' }>['edits'],
  end: LineEnd,
): Result<Edited, EditFailure> {
  const ended = new TextLines(before.text + end);
  const replacements = replacementsOfLines(ended, edits, end);
  return edited(before, ended, replacements, (whole, changes) => {
    const last = changes.findLast((change) => change.end === ended.text.length);
    // All that is left may be a line further up, which has an end of its own.
    const own = last?.text === '' ? (/\r?\n$/.exec(whole)?.[0] ?? '') : end;
    const without = whole.slice(0, whole.length - own.length);
    return without === '' || without.endsWith('\n') ? whole : without;
  });
}

/** `source`: what the replacements are of. */
function edited(
  before: TextLines,
  source: TextLines,
  replacements: Result<readonly Replacement[], EditFailure>,
  finish: (whole: string, changes: readonly Replacement[]) => string,
): Result<Edited, EditFailure> {
  if (!replacements.ok) return replacements;
  // What is put before a line comes before what takes its place; the sort keeps the order of others.
  const changes = replacements.value.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const clash = overlapIn(changes);
  if (clash !== undefined) return fail(clash);
  const pieces: string[] = [];
  const starts = new Map<Replacement, number>();
  let at = 0;
  let length = 0;
  for (const change of changes) {
    const kept = source.text.slice(at, change.start);
    starts.set(change, length + kept.length);
    pieces.push(kept, change.text);
    length += kept.length + change.text.length;
    at = change.end;
  }
  pieces.push(source.text.slice(at));
  const after = new TextLines(finish(pieces.join(''), changes));
  const places = replacements.value.map((change) => placeOf(change, starts.get(change) ?? 0, source, after));
  return ok({ before, after, changes, places });
}

function overlapIn(changes: readonly Replacement[]): EditFailure | undefined {
  let last: Replacement | undefined;
  for (const change of changes) {
    if (last !== undefined && change.start < last.end)
      return { reason: 'edits-overlap', edit: change.edit, other: last.edit };
    last = change;
  }
  return undefined;
}

function placeOf({ start, end, text }: Replacement, now: number, source: TextLines, after: TextLines): LineSpan {
  const from = after.lineAt(now);
  if (text !== '') return { from, to: Math.min(after.lineAt(now + text.length - 1), Math.max(after.count, from)) };
  // Something of the line is left unless whole lines went.
  const isWhole = source.start(source.lineAt(start)) === start && (end === start || source.text[end - 1] === '\n');
  return { from, to: isWhole ? from - 1 : from };
}
