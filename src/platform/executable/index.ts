/** The one place that chooses how the file of a running program is replaced. */
import { isWindows } from '../os.ts';
import type { ExecutableFiles } from './executable.ts';
import { posixExecutable } from './posix.ts';
import { windowsExecutable } from './windows.ts';

export const executableFiles: ExecutableFiles = isWindows ? windowsExecutable : posixExecutable;
