/** access() reads an attribute here that says nothing of folders, so the folder is opened for what is asked. */
import { win32 } from 'node:path';
import { messageOf } from '../../core/failure.ts';
import { checkedHandle, closeHandle } from '../api/windows/handle.ts';
import { kernel32 } from '../api/windows/kernel32.ts';
import { wide } from '../api/windows/memory.ts';
import type { WhyNotWritable } from './writable.ts';

const FILE_ADD_FILE = 0x2;
const FILE_ADD_SUBDIRECTORY = 0x4;
const SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
/** Without it CreateFile opens no folders. */
const FILE_FLAG_BACKUP_SEMANTICS = 0x200_0000;

export const whyNotWritableWindows: WhyNotWritable = (folder) => {
  const access = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY;
  const name = wide(win32.toNamespacedPath(folder));
  const value = kernel32().CreateFileW(name, access, SHARE_ALL, null, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, 0);
  try {
    closeHandle(checkedHandle('CreateFileW', value));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
};
