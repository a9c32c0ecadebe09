/**
 * Whether something is mounted at a folder or in it, by /proc/self/mountinfo (proc_pid_mountinfo(5)). Devices do not tell: another
 * folder of one disk can be mounted, too, and what is removed in there is removed where it comes from.
 */
import { readFileSync } from 'node:fs';
import { unescapedPath } from '../machine/posix/mounts.ts';
import type { RawPath } from '../machine-paths/machine-paths.ts';

/** False also where the system has no such list (macOS). */
export function isMountedWithin(folder: RawPath): boolean {
  const below = folder.endsWith('/') ? folder : `${folder}/`;
  return mountPoints().some((point) => point === folder || point.startsWith(below));
}

function mountPoints(): RawPath[] {
  let lines: string[];
  try {
    lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  } catch {
    return [];
  }
  return lines.flatMap((line) => line.split(' ')[4] ?? []).map(unescapedPath);
}
