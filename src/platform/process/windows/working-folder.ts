/** The folder that a program is to be started in. */
import { isDirectory } from '../../files/directory.ts';
import type { SpawnFailure } from '../process.ts';

/** UNC, `\\?\` and `\\.\`. */
const NAMESPACE = /^[\\/]{2}/;

/**
 * MAX_PATH without a backslash and a zero at its end; checked here because Wine takes more, and breaks.
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setcurrentdirectory
 */
const LENGTH_LIMIT = 258;

/**
 * Why no program can be started there. cmd.exe takes no folder of a namespace: it says so and runs its command in the
 * folder of Windows instead ("UNC paths are not supported. Defaulting to Windows directory."). So it is not even looked at.
 */
export function folderRefusal(cwd: string, isForCmd: boolean): SpawnFailure | undefined {
  if (isForCmd && NAMESPACE.test(cwd))
    return { reason: 'spawn-refused', detail: `cmd.exe cannot work in a folder whose path begins like ${cwd}` };
  if (cwd.length > LENGTH_LIMIT)
    return {
      reason: 'spawn-refused',
      detail: `the path of its folder may have ${LENGTH_LIMIT} characters, and has ${cwd.length}: ${cwd}`,
    };
  return isDirectory(cwd) ? undefined : { reason: 'cwd-missing', cwd };
}
