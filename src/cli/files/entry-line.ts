/** Entries of folders as lines, short or long, as `ls` of POSIX systems shows them. */
import type { FileEntry } from '../../protocol/files.ts';
import { isTerminal, paint, widthOf } from '../output.ts';
import { shownName } from './foreign-name.ts';

/** `name`: what to show in place of the entry's own. */
export function shortLine({ type }: FileEntry, name: string): string {
  const shown = shownName(name);
  if (!isTerminal()) return shown;
  if (type === 'directory') return `${paint('bold', shown)}/`;
  return type === 'symlink' ? `${paint('green', shown)}@` : shown;
}

/** The columns of some entries are as wide as the widest of them. */
export function longLines(entries: readonly FileEntry[], nameOf: (entry: FileEntry) => string): string[] {
  const rows = entries.map((entry) => [
    permissions(entry),
    shownName(entry.owner ?? '-'),
    shownName(entry.group ?? '-'),
    String(entry.size),
    minute(new Date(entry.modifiedAt * 1000)),
    longName(entry, nameOf(entry)),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const room = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        return column === SIZE_COLUMN ? room + cell : column < widths.length ? cell + room : cell;
      })
      .join('  '),
  );
}

const SIZE_COLUMN = 3;
const LETTERS = { file: '-', directory: 'd', symlink: 'l', other: '?' } as const;

/** Such as `drwxr-x---`. */
function permissions({ type, mode }: FileEntry): string {
  const bits = Number.parseInt(mode, 8);
  const letters = Array.from('rwxrwxrwx', (letter, at) => ((bits >> (8 - at)) & 1 ? letter : '-'));
  return LETTERS[type] + letters.join('');
}

function longName(entry: FileEntry, name: string): string {
  const target = entry.target === undefined ? '' : ` -> ${shownName(entry.target)}`;
  return shortLine(entry, name) + target;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** In the time zone of whoever reads it. */
const minute = (time: Date): string =>
  `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
