/** Edits of whole lines as replacements of characters. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { EditFailure, LineEdit, Replacement } from './edit.ts';
import { withLineEnds, type LineEnd, type TextLines } from './text-lines.ts';

/** `lines`: of a text that ends with a line end, or is empty. In the order of the edits. */
export function replacementsOfLines(
  lines: TextLines,
  edits: readonly LineEdit[],
  end: LineEnd,
): Result<readonly Replacement[], EditFailure> {
  const replacements: Replacement[] = [];
  for (const [edit, { from, to, text }] of edits.entries()) {
    if (to < from - 1) return fail({ reason: 'edit-invalid', detail: `edits.${edit}: to must be at least from - 1` });
    if (to > lines.count || from > lines.count + 1)
      return fail({ reason: 'edit-beyond-end', edit, lines: lines.count });
    const start = lines.start(from);
    replacements.push({ start, end: to < from ? start : lines.end(to), text: wholeLines(text, end), edit });
  }
  return ok(replacements);
}

function wholeLines(text: string, end: LineEnd): string {
  if (text === '') return '';
  const own = withLineEnds(text, end);
  return own.endsWith('\n') ? own : own + end;
}
