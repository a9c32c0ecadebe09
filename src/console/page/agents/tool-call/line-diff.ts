/** What a change of a file does, line by line, with a few lines around each place. */
import { diffLines } from 'diff';

export interface DiffLine {
  readonly at: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

const AROUND = 3;
/** Lines that are shown; the rest is counted. */
export const MAX_DIFF_LINES = 400;
/** Texts that differ in more lines than this are shown as one replaced by the other: finding the best diff takes too long. */
const MAX_EDITS = 2000;

export function lineDiff(before: string, after: string): DiffLine[] {
  const changes = diffLines(before, after, { maxEditLength: MAX_EDITS }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  return changes.flatMap(({ value, added, removed }, index) => {
    const lines = linesOf(value);
    if (added) return lines.map((text) => ({ at: 'added' as const, text }));
    if (removed) return lines.map((text) => ({ at: 'removed' as const, text }));
    return around(lines, index === 0 ? 0 : AROUND, index === changes.length - 1 ? 0 : AROUND);
  });
}

/** The first and the last lines of what has not changed. */
function around(lines: readonly string[], first: number, last: number): DiffLine[] {
  const same = (some: readonly string[]): DiffLine[] => some.map((text) => ({ at: 'same', text }));
  const hidden = lines.length - first - last;
  if (hidden <= 1) return same(lines);
  return [
    ...same(lines.slice(0, first)),
    { at: 'gap', text: `${hidden} lines` },
    ...same(last === 0 ? [] : lines.slice(-last)),
  ];
}

/** How many lines it adds and removes. */
export function diffCounts(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const count = (at: DiffLine['at']): number => lines.filter((line) => line.at === at).length;
  return { added: count('added'), removed: count('removed') };
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
