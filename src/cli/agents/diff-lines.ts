/** What an agent wants to change in a file, as lines: those that go and those that come. */
import { foreignLine } from '../foreign-line.ts';

const MAX_LINES = 40;

/** What is the same at the beginning and at the end is left out. */
export function diffLines(oldText: string, newText: string): string[] {
  const before = oldText === '' ? [] : oldText.split('\n');
  const after = newText === '' ? [] : newText.split('\n');
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - same && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const lines = [
    ...before.slice(same, before.length - end).map((line) => `- ${foreignLine(line)}`),
    ...after.slice(same, after.length - end).map((line) => `+ ${foreignLine(line)}`),
  ];
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}
