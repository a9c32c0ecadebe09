/**
 * What edits changed, as a unified diff. Only the lines around each change are compared, so that a small change of a large file
 * costs little, and with bounds, so that a large one does not hold the server up: beyond them, all old lines are shown as gone
 * and all new ones as put there.
 */
import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff/lib/patch/create.js';
import type { Edited } from './apply-edits.ts';
import type { Replacement } from './edit.ts';
import type { TextLines } from './text-lines.ts';

type Hunk = ReturnType<typeof structuredPatch>['hunks'][number];

/** Lines shown around a change, as `diff -u` does. */
const CONTEXT = 3;
/** Lines that may come and go in all before the comparison is given up; its work grows with their square. */
const MAX_EDIT_LENGTH = 1000;

/** Lines of the text as it was and as it is, of which only the middle differs. */
interface Window {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** More, such as that of lines of megabytes, is of no use to a reader. */
const MAX_LENGTH = 8 * 1024 * 1024;

/** Empty where nothing changed; undefined where it would have more than 8 Mi characters. */
export function unifiedDiff(path: string, { before, after, changes }: Edited): string | undefined {
  const windows = windowsOf(before, after, changes);
  const bound = Math.max(10, Math.floor(MAX_EDIT_LENGTH / Math.sqrt(windows.length)));
  const hunks = windows.flatMap((window) => hunksOf(before, after, window, bound));
  if (hunks.length === 0) return '';
  const patch = { oldFileName: path, newFileName: path, oldHeader: undefined, newHeader: undefined, hunks };
  const diff = formatPatch(patch, FILE_HEADERS_ONLY);
  return diff.length > MAX_LENGTH ? undefined : diff;
}

function windowsOf(before: TextLines, after: TextLines, changes: readonly Replacement[]): Window[] {
  const windows: Window[] = [];
  let shift = 0;
  for (const { start, end, text } of changes) {
    const first = before.lineAt(start);
    const last = Math.min(before.lineAt(Math.max(start, end - 1)), before.count);
    const added = linesEndingIn(text) - linesEndingIn(before.text.slice(start, end));
    const oldFrom = Math.max(1, first - CONTEXT);
    const oldTo = Math.min(before.count, last + CONTEXT);
    const previous = windows.at(-1);
    const joined = previous !== undefined && oldFrom <= previous.oldTo + 1;
    if (joined) windows.pop();
    const from = joined ? previous : { oldFrom, newFrom: oldFrom + shift };
    shift += added;
    const newTo = oldTo === before.count ? after.count : oldTo + shift;
    windows.push({ oldFrom: from.oldFrom, newFrom: from.newFrom, oldTo, newTo });
  }
  return windows;
}

const linesEndingIn = (text: string): number => text.split('\n').length - 1;

function hunksOf(before: TextLines, after: TextLines, window: Window, maxEditLength: number): Hunk[] {
  const { oldFrom, oldTo, newFrom, newTo } = window;
  const gone = before.slice(oldFrom, oldTo);
  const here = after.slice(newFrom, newTo);
  if (gone === here) return [];
  const patch = structuredPatch('', '', gone, here, undefined, undefined, { context: CONTEXT, maxEditLength });
  if (patch === undefined)
    return [
      {
        oldStart: oldFrom,
        oldLines: oldTo - oldFrom + 1,
        newStart: newFrom,
        newLines: newTo - newFrom + 1,
        lines: [...marked('-', gone), ...marked('+', here)],
      },
    ];
  return patch.hunks.map((hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + oldFrom - 1,
    newStart: hunk.newStart + newFrom - 1,
  }));
}

function marked(mark: '-' | '+', text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n').map((line) => mark + line);
  return text.endsWith('\n') ? lines.slice(0, -1) : [...lines, '\\ No newline at end of file'];
}
