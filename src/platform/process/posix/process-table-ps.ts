/**
 * The process table from `ps`, for systems without /proc (macOS, the BSDs).
 *
 * `-E` adds the environment after the command line, for processes of one's own. `lstart` has a
 * resolution of one second: coarser than Linux's ticks, still enough to tell a reused pid.
 */
import type { ProcessEntry, ProcessSnapshot } from './process-entry.ts';
import { treeIdIn } from './tree-variable.ts';

// pid ppid pgid sess stat, then lstart as five words ("Sat Nov 21 06:41:00 2026"), then the command.
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;
const COLUMNS = 'pid=,ppid=,pgid=,sess=,stat=,lstart=,command=';

export function readProcessesPs(pid?: number): ProcessSnapshot {
  const which = pid === undefined ? ['-A'] : ['-p', String(pid)];
  // Loaded only here: that takes milliseconds, which a system with /proc need not spend.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const ps = spawnSync('ps', [...which, '-E', '-ww', '-o', COLUMNS], {
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  return parsePs(ps.stdout.toString());
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
