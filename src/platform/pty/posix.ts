/** A PTY's tree on POSIX: found by session, descent and environment, paused by the terminal's own flow control. */
import { KEY_VARIABLES } from '../files/key-file.ts';
import { BareLineFeeds } from './bare-line-feeds.ts';
import type { PtyRequest, PtySystem, PtyTree } from './pty.ts';
import { hasUnreadInput, setFlow, terminalOf } from './posix-device.ts';
import { readProcess } from '../process/posix/process-table.ts';
import { endTree } from '../process/posix/tree.ts';
import { TREE_VARIABLE } from '../process/posix/tree-variable.ts';

export const posixPtySystem: PtySystem = { take, marks: (treeId) => ({ [TREE_VARIABLE]: treeId }), hideEnvironment };

/**
 * env(1) unsets what must not be there, and becomes the program. On its command line stand names, and never values: anybody
 * on this machine can read it.
 */
function hideEnvironment<T>(
  { argv, env }: Pick<PtyRequest, 'argv' | 'env'>,
  start: (argv: PtyRequest['argv']) => T,
): T {
  // The system's environment has what was deleted from process.env, and the engine adds SHELL.
  const all = new Set(['SHELL', ...KEY_VARIABLES, ...Object.keys(process.env)]);
  const hidden = [...all].filter((name) => name !== '' && !Object.hasOwn(env, name));
  // To env(1), a program with an equals sign in its path is a variable.
  const program = argv[0].includes('=') ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...argv] : argv;
  return start(['/usr/bin/env', ...hidden.flatMap((name) => ['-u', name]), '--', ...program]);
}

function take(pid: number, treeId: string): PtyTree {
  // Read now, while the number is surely the program's own.
  const root = { pid, startTime: readProcess(pid)?.startTime ?? '' };
  const isThere = (): boolean => {
    const entry = readProcess(pid);
    return entry !== undefined && !entry.zombie && entry.startTime === root.startTime;
  };
  const lineFeeds = new BareLineFeeds();
  let known: string | undefined;
  // Asked once: the device is this terminal's as long as its master is open.
  const device = () => (known ??= isThere() ? terminalOf(pid) : undefined);
  return {
    setFlow(flow) {
      const path = device();
      const done = path === undefined ? 'unchanged' : setFlow(path, flow);
      if (done === 'set-bare') lineFeeds.stopped();
      if (flow === 'go') lineFeeds.resumed();
      return done !== 'unchanged';
    },
    mend: (output) => lineFeeds.mend(output),
    inputTaken() {
      const path = device();
      return path !== undefined && !hasUnreadInput(path);
    },
    async end(graceMs) {
      if (isThere()) hangUp(pid);
      await endTree({ root, treeId }, graceMs);
    },
    release() {},
  };
}

/** An interactive shell ignores SIGTERM; SIGHUP, as from a closed terminal, ends it and is passed on to its jobs. */
function hangUp(pid: number): void {
  try {
    process.kill(pid, 'SIGHUP');
  } catch {
    // It has become somebody else's (a setuid program), or has just gone: the sweep that follows sees to it.
  }
}
