/**
 * The process table from `ps`, for systems without /proc (macOS, the BSDs).
 *
 * `-E` adds the environment after the command line, for processes of one's own. `lstart` has a
 * resolution of one second: coarser than Linux's ticks, still enough to tell a reused pid.
 */
import type { ProcessIdentity } from '../process.ts';
import { exists } from '../send-signal.ts';
import { isOf, type ProcessEntry, type ProcessSnapshot } from './process-entry.ts';
import { treeIdIn } from './tree-variable.ts';

// pid ppid pgid sess stat, then lstart as five words ("Sat Nov 21 06:41:00 2026"), then the command.
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;
const COLUMNS = 'pid=,ppid=,pgid=,sess=,stat=,lstart=,command=';

const SHOWN = ['-E', '-ww', '-o', COLUMNS];
const OPTIONS = { env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' }, maxBuffer: Number.POSITIVE_INFINITY };
/** How often it is checked that the pid of a process that is watched is still its own. */
const CHECK_MS = 5000;

// Loaded only where it is used: that takes milliseconds, which a system with /proc need not spend.
const childProcess = () => process.getBuiltinModule('node:child_process');

/** All of them, without keeping anybody from their turn. */
export function readProcessesPs(): Promise<ProcessSnapshot> {
  return new Promise((resolve, reject) => {
    childProcess().execFile('ps', ['-A', ...SHOWN], OPTIONS, (error, stdout) =>
      error === null ? resolve(parsePs(stdout)) : reject(error),
    );
  });
}

/** One, at once, which takes as long as `ps` does. */
export function readProcessPs(pid: number): ProcessEntry | undefined {
  const ps = childProcess().spawnSync('ps', ['-p', String(pid), ...SHOWN], OPTIONS);
  return parsePs(ps.stdout.toString()).get(pid);
}

let recent: { readonly at: number; readonly snapshot: Promise<ProcessSnapshot> } | undefined;

/** Whether a process runs that was started before this server; costs next to nothing while it does. */
export async function isRunningPs({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = performance.now();
  if (recent === undefined || now - recent.at > CHECK_MS) recent = { at: now, snapshot: readProcessesPs() };
  return isOf((await recent.snapshot).get(pid), startTime);
}

export const startClockPs = (): number => Math.floor(Date.now() / 1000);

export function parsePs(text: string): ProcessSnapshot {
  const entries = new Map<number, ProcessEntry>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, pid, parent, group, session, state, startTime, command] = match;
    entries.set(Number(pid), {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      // macOS prints the session as an address: it then matches no pid, and the group has to do.
      session: Number(session),
      startTime: startTime ?? '',
      startedAt: Date.parse(startTime ?? '') / 1000,
      zombie: state?.startsWith('Z') ?? false,
      commandLine: () => command ?? '',
      treeId: () => treeIdIn(command ?? '', ' '),
    });
  }
  return entries;
}
