/**
 * Programs started through node:child_process alone, for what has to run on Node as well as on Bun: the library in
 * `client/acp/`. The server starts its programs by `process/`, which can do more.
 */
import type { Launcher } from '../process/process.ts';
import { isWindows } from '../os.ts';
import { childLauncher } from './child-launcher.ts';
import { posixChildren } from './posix.ts';
import { windowsChildren } from './windows.ts';

export const nodeLauncher: Launcher = childLauncher(isWindows ? windowsChildren : posixChildren);
