/** Where this program keeps its files on this machine. */
import { isWindows } from '../os.ts';
import type { Paths } from './paths.ts';
import { posixPaths } from './posix.ts';
import { windowsPaths } from './windows.ts';

export const { defaultDataPath, editorFiles, keyFilePath, userConfigPath }: Paths = isWindows
  ? windowsPaths
  : posixPaths;
