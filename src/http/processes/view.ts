/** Processes as the wire has them. */
import { toSeconds } from '../../core/clock.ts';
import type { ListedProcess } from '../../jobs/processes/process-list.ts';
import type { ProcessNode } from '../../protocol/process-tree.ts';
import type { ProcessResource } from '../../protocol/processes.ts';

/** `sees`: which ports the caller may know of. */
export function processView(
  { pid, ppid, name, command, args, user, startedAt, startTime, cpu, memory, status, threads, ...one }: ListedProcess,
  sees: (port: number) => boolean,
): ProcessResource {
  const ports = one.ports.filter(sees);
  return {
    pid,
    ppid,
    name,
    command,
    ...(args !== undefined && { args: [...args] }),
    user,
    startedAt: toSeconds(startedAt),
    startTime,
    cpu,
    memory,
    status,
    threads,
    ...(one.pgid !== undefined && { pgid: one.pgid }),
    ...(one.sid !== undefined && { sid: one.sid }),
    ...(one.cwd !== undefined && { cwd: one.cwd }),
    ...(one.exitCode !== undefined && { exitCode: one.exitCode }),
    ...(one.jobId !== undefined && { jobId: one.jobId }),
    ...(ports.length > 0 && { ports }),
  };
}

/** Those whose parents are not among them, with the others below, in the same order. */
export function nested(processes: readonly ProcessResource[]): ProcessNode[] {
  const nodes = new Map<number, ProcessNode>(processes.map((one) => [one.pid, { ...one }]));
  const tops: ProcessNode[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.ppid);
    // A parent is older: a number that was given away since is nobody's parent. Process 0 of Windows is its own.
    if (parent === undefined || parent === node || parent.startedAt > node.startedAt) tops.push(node);
    else (parent.children ??= []).push(node);
  }
  return tops;
}
