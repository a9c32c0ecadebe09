/** A session of its own, and the tree found as for the server's processes: by session, group, descent and a variable. */
import { readProcess } from '../process/posix/process-table.ts';
import { endTree } from '../process/posix/tree.ts';
import { TREE_VARIABLE } from '../process/posix/tree-variable.ts';
import { ok } from '../../core/failure.ts';
import { hasExited, type Children } from './children.ts';

export const posixChildren: Children = {
  startOf({ argv, cwd, env, treeId, outputPath }) {
    const [file = '', ...args] = outputPath === undefined ? words(argv) : withOneOutput(argv);
    // setsid: no terminal signal of ours reaches it.
    return ok({ file, args, options: { cwd, env: { ...env, [TREE_VARIABLE]: treeId }, detached: true } });
  },
  identityOf(child, pid) {
    let startTime: string | undefined;
    return {
      pid,
      get startTime() {
        // Once it is reaped, the pid may be another process's.
        startTime ??= (hasExited(child) ? undefined : readProcess(pid)?.startTime) ?? '';
        return startTime;
      },
    };
  },
  endTree: ({ identity, treeId }, graceMs) => endTree({ root: identity, treeId }, graceMs),
};

const words = (argv: readonly string[] | string) => (typeof argv === 'string' ? ['/bin/sh', '-c', argv] : argv);

/** A child cannot be given one pipe twice here: a shell does that, and is replaced by the program. */
function withOneOutput(argv: readonly string[] | string): readonly string[] {
  if (typeof argv === 'string') return ['/bin/sh', '-c', `exec 2>&1\n${argv}`];
  return ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...argv];
}
