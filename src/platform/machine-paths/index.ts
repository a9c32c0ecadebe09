/**
 * Paths of callers, as this system's calls take them. Apart from platform/files/, which a library for Node uses, too: Windows
 * is asked by bun:ffi.
 */
import { posixNames } from '../files/posix.ts';
import { windowsNames } from '../files/windows.ts';
import { isWindows } from '../os.ts';
import type { MachinePaths } from './machine-paths.ts';
import { posixPaths } from './posix.ts';
import { windowsPaths } from './windows.ts';

export const machinePaths: MachinePaths = isWindows ? windowsPaths(windowsNames) : posixPaths(posixNames);
