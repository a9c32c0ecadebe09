/** Which process a program is: the shell that becomes it says so just before (shell-command.ts). */
import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../process.ts';
import { readProcess } from './process-table.ts';
import { startTimeIn } from './process-table-linux.ts';

/** The number of the process and, on Linux, its line of /proc. */
const NOTE = /^(\d+) (.*)\n$/s;

/** Undefined while there is no note, or none that is whole. */
export function readProgramNote(path: string): ProcessIdentity | undefined {
  const [, number, line = ''] = NOTE.exec(textOf(path)) ?? [];
  if (number === undefined) return undefined;
  const pid = Number(number);
  return { pid, startTime: line === '' ? (readProcess(pid)?.startTime ?? '') : startTimeIn(line) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
