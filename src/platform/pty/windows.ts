/**
 * A terminal's tree on Windows: a Job Object, which the program is put into right after its start. (ConPTY's own
 * start cannot be taken apart as `create-process.ts` does; nothing a shell starts comes that early.)
 */
import type { PtyRequest, PtySystem, PtyTree } from './pty.ts';
import { closeHandle, type Handle, WindowsError } from '../api/windows/handle.ts';
import { JobObject } from '../process/windows/job-object.ts';
import { kernel32 } from '../api/windows/kernel32.ts';
import { startTimeOf } from '../process/windows/process-handle.ts';
import { endJob, endWithoutJob } from '../process/windows/tree.ts';

const PROCESS_TERMINATE = 0x1;
const PROCESS_DUP_HANDLE = 0x40;
const PROCESS_SET_QUOTA = 0x100;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const ENCLOSE = PROCESS_TERMINATE | PROCESS_DUP_HANDLE | PROCESS_SET_QUOTA | PROCESS_QUERY_LIMITED_INFORMATION;

export const windowsPtySystem: PtySystem = { take, marks: () => ({}), hideEnvironment };

/**
 * Windows has no env(1). Bun keeps process.env and the system's environment the same here, and nothing else runs before
 * both are as they were. (The library adds the variables of the registry: they are any program's of this user.)
 */
function hideEnvironment<T>(
  { argv, env }: Pick<PtyRequest, 'argv' | 'env'>,
  start: (argv: PtyRequest['argv']) => T,
): T {
  const kept = new Set(Object.keys(env).map((name) => name.toUpperCase()));
  const hidden = Object.entries(process.env).filter(([name]) => !kept.has(name.toUpperCase()));
  for (const [name] of hidden) delete process.env[name];
  try {
    return start(argv);
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}

function take(pid: number, treeId: string): PtyTree {
  const value = kernel32().OpenProcess(ENCLOSE, 0, pid);
  // It has ended already: there is no tree.
  if (value === 0) return noTree;
  const handle = value as Handle;
  const startTime = startTimeOf(handle) ?? '';
  const job = enclose(handle, treeId);
  closeHandle(handle);
  return {
    setFlow: () => false,
    mend: (output) => output,
    inputTaken: () => true,
    // A console has no SIGHUP or SIGTERM to ask with: there is no grace to wait for.
    end: () => (job === undefined ? endWithoutJob({ pid, startTime }) : endJob(job)),
    release: () => job?.close(),
  };
}

/** Undefined when Windows refuses: the tree is then ended by descent. */
function enclose(process: Handle, treeId: string): JobObject | undefined {
  let job: JobObject | undefined;
  try {
    job = JobObject.create(treeId);
    job.enclose(process);
    return job;
  } catch (error) {
    job?.close();
    if (error instanceof WindowsError) return undefined;
    throw error;
  }
}

const noTree: PtyTree = {
  setFlow: () => false,
  mend: (output) => output,
  inputTaken: () => true,
  async end() {},
  release() {},
};
