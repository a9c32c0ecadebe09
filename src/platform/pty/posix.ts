/** A PTY's tree on POSIX: found by session, descent and environment, paused by the terminal's own flow control. */
import type { PtySystem, PtyTree } from './pty.ts';
import { setFlow, terminalOf } from './posix-flow.ts';
import { readProcess } from '../process/posix/process-table.ts';
import { endTree } from '../process/posix/tree.ts';
import { TREE_VARIABLE } from '../process/posix/tree-variable.ts';

export const posixPtySystem: PtySystem = { take, marks: (treeId) => ({ [TREE_VARIABLE]: treeId }) };

function take(pid: number, treeId: string): PtyTree {
  // Read now, while the number is surely the program's own.
  const root = { pid, startTime: readProcess(pid)?.startTime ?? '' };
  const isThere = (): boolean => {
    const entry = readProcess(pid);
    return entry !== undefined && !entry.zombie && entry.startTime === root.startTime;
  };
  let device: string | undefined;
  return {
    setFlow(flow) {
      // Asked once: the device is this terminal's as long as its master is open.
      if (device === undefined && isThere()) device = terminalOf(pid);
      return device !== undefined && setFlow(device, flow);
    },
    async end(graceMs) {
      if (isThere()) hangUp(pid);
      await endTree({ root, treeId }, graceMs);
    },
    release() {},
  };
}

/** An interactive shell ignores SIGTERM; a terminal that is closed is what it knows, and tells its jobs of. */
function hangUp(pid: number): void {
  try {
    process.kill(pid, 'SIGHUP');
  } catch {
    // It has become somebody else's (a setuid program), or has just gone: the sweep that follows sees to it.
  }
}
