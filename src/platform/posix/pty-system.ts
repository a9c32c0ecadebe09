/** A PTY's tree on POSIX: found by session, descent and environment, paused by the terminal's own flow control. */
import type { PtySystem, PtyTree } from '../pty.ts';
import { setFlow } from './pty-flow.ts';
import { readProcess } from './process-table.ts';
import { endTree } from './tree.ts';
import { TREE_VARIABLE } from './tree-variable.ts';

export const posixPtySystem: PtySystem = { take, marks: (treeId) => ({ [TREE_VARIABLE]: treeId }) };

function take(pid: number, treeId: string): PtyTree {
  // Read now, while the number is surely the program's own.
  const root = { pid, startMark: readProcess(pid)?.startMark ?? '' };
  const isThere = (): boolean => {
    const entry = readProcess(pid);
    return entry !== undefined && !entry.zombie && entry.startMark === root.startMark;
  };
  return {
    setFlow: (flow) => isThere() && setFlow(pid, flow),
    async end(graceMs) {
      // An interactive shell ignores SIGTERM; a terminal that is closed is what it knows.
      if (isThere()) process.kill(pid, 'SIGHUP');
      await endTree({ root, treeId }, graceMs);
    },
    release() {},
  };
}
