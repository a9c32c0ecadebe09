/** What the file systems of this system ask of whoever opens a path. Files that need no such choice have modules of their own. */
import { isWindows } from '../os.ts';
import type { FileSystemRules } from './file-system.ts';
import { posixFiles } from './posix.ts';
import { windowsFiles } from './windows.ts';

export const { isRefusedPath, describeExposure, findRealPath, confinePath, ownersOf }: FileSystemRules = isWindows
  ? windowsFiles
  : posixFiles;
