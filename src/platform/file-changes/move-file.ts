/**
 * A rename that replaces nothing, which Windows has and node:fs has not. A second name would not do there: of a file that another
 * program holds it is made, and neither of the two can be removed then.
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
 */
import { lastError } from '../api/windows/handle.ts';
import { kernel32 } from '../api/windows/kernel32.ts';
import { wide } from '../api/windows/memory.ts';

/** By the number of Windows, as node:fs would call them. */
const CODES: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  3: 'ENOENT',
  5: 'EPERM',
  17: 'EXDEV',
  32: 'EBUSY',
  33: 'EBUSY',
  80: 'EEXIST',
  112: 'ENOSPC',
  183: 'EEXIST',
  206: 'ENAMETOOLONG',
};

/** Throws with the code that node:fs would have for it. */
export function moveFile(from: string, to: string): void {
  if (kernel32().MoveFileExW(wide(from), wide(to), 0) !== 0) return;
  const error = lastError('MoveFileExW');
  throw Object.assign(error, { code: CODES[error.errorCode] ?? 'UNKNOWN' });
}
