/** What stories of trouble with files have in common: a folder on a fast disk, and what a server's process holds. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExecutable } from '../../support/built-executable.ts';
import type { Rig } from '../../support/rig.ts';

/** Memory, where there is such a disk: what is tried is the server, not how fast a disk syncs. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Gone with all that is in it when it is disposed. */
export class FastFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(FAST, 'agent-server-trouble-')));

  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Stories of the executable that `npm run build` made, where the system tells what a process holds. */
export function onLinuxExecutable(title: string, stories: (program: string) => void): void {
  if (process.platform === 'linux') return onExecutable(title, stories);
  process.stdout.write(`${title}: not tried, no /proc on this system to see what the server holds\n`);
}

/** Whatever its process has open, connections to clients left out: those close in their own time. */
export const openFiles = (rig: Rig): string[] =>
  readdirSync(`/proc/${rig.process.pid}/fd`).flatMap((fd) => {
    try {
      const link = readlinkSync(`/proc/${rig.process.pid}/fd/${fd}`);
      return link.startsWith('socket:') ? [] : [link];
    } catch {
      return [];
    }
  });

/** All descriptors, connections too. */
export const descriptors = (rig: Rig): number => readdirSync(`/proc/${rig.process.pid}/fd`).length;

const MIB = 1024 * 1024;
/** Of the server's process, in MiB. */
export const residentMib = (rig: Rig): number => {
  const status = readFileSync(`/proc/${rig.process.pid}/status`, 'utf8');
  return Math.round((Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / MIB);
};

export const pathQuery = (path: string): string => `path=${encodeURIComponent(path)}`;

/** Without the check of each answer against the document: for thousands of them. */
export const plain = (rig: Rig, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${rig.url}${path}`, {
    ...init,
    headers: { 'x-api-key': rig.key, ...(init.headers as Record<string, string>) },
  });
