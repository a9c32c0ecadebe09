/** Tables, durations and ages for people to read. */
import { columns, note, paint, printAnswer, widthOf } from './output.ts';

/** A list: JSON with --json, otherwise the table; where it is empty, a line on stderr that says how to get a first entry. */
export async function printList(
  asJson: boolean | undefined,
  documents: readonly unknown[],
  text: string,
  whenEmpty: string,
): Promise<void> {
  if (asJson !== true && documents.length === 0) note(whenEmpty);
  else await printAnswer(asJson, documents, text);
}

/** The last column is cut where the terminal ends; without a terminal nothing is cut. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(widthOf(title), ...body.map((row) => widthOf(row[index] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(10, (columns() ?? Number.POSITIVE_INFINITY) - before);
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) =>
        index === head.length - 1 ? cut(cell, room) : cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell) + 2),
      )
      .join('');
  return [paint('dim', line(head)), ...body.map(line)].join('\n');
}

export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const char of text) {
    used += widthOf(char);
    if (used > width) break;
    kept += char;
  }
  return `${kept}…`;
}

export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
  return `${Math.floor(seconds / 3600)}h${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}m`;
}

export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
