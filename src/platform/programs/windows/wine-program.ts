/** Wine has programs of its own in the place of those of Windows, and many of them do nothing. They are marked in the MS-DOS stub. */
import { openSync, readSync } from 'node:fs';
import { close } from '../../files/close.ts';

const MARK = /^Wine (builtin|placeholder) DLL/;
const MARK_OFFSET = 0x40;
const MARK_BYTES = 32;

export function isWineProgram(path: string): boolean {
  const bytes = Buffer.alloc(MARK_BYTES);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, bytes, 0, MARK_BYTES, MARK_OFFSET);
    } finally {
      close(fd);
    }
  } catch {
    // An alias of the Store cannot be read, only run: https://learn.microsoft.com/windows/apps/desktop/modernize/desktop-to-uwp-extensions
    return false;
  }
  return MARK.test(bytes.toString('latin1'));
}
