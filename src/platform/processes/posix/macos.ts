/**
 * The processes of macOS: libproc, and sysctl for their arguments. Of other users only the names are told. Written by
 * <sys/proc_info.h> and <sys/sysctl.h>; not yet run on a Mac.
 */
import { sleep } from '../../../core/sleep.ts';
import { libproc } from '../../api/posix/libproc.ts';
import { userNames } from '../../ports/posix/users.ts';
import { isWatcher } from '../../process/posix/shell-command.ts';
import type { ProcessIdentity } from '../../process/process.ts';
import {
  argumentDetails,
  keyOf,
  type MachineProcess,
  type MachineProcesses,
  type OwnTree,
  type ProcessDetails,
} from '../processes.ts';
import { treesOf } from '../tree-members.ts';
import { argumentsOf } from './mac-arguments.ts';
import { bsdInfoIn, BSD_INFO_BYTES, taskInfoIn, TASK_INFO_BYTES, type BsdInfo } from './mac-structures.ts';
import { signalPosix } from './signal.ts';

const PROC_PIDTBSDINFO = 3;
const PROC_PIDTASKINFO = 4;
/** So long it may keep others from their turn. */
const SLICE_MS = 3;

export class MacProcesses implements MachineProcesses {
  async look(trees: readonly OwnTree[]): Promise<readonly MachineProcess[]> {
    const found: MachineProcess[] = [];
    let sliceEnds = performance.now() + SLICE_MS;
    for (const pid of allPids()) {
      const one = read(pid);
      if (one !== undefined) found.push(one);
      if (performance.now() < sliceEnds) continue;
      await sleep(0);
      sliceEnds = performance.now() + SLICE_MS;
    }
    const members = treesOf(found, trees);
    return found.map((one) => {
      const treeId = members.get(one.pid);
      const args = treeId === undefined ? undefined : argumentsOf(one.pid)?.args;
      return { ...one, treeId, isWatcher: args !== undefined && isWatcher(args.join(' ')) };
    });
  }

  async cpuTimes(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.look([])).flatMap((one) => (one.cpuMs === null ? [] : [[keyOf(one), one.cpuMs]])));
  }

  detailsOf({ pid, startTime }: MachineProcess): ProcessDetails | undefined {
    const info = bsdInfoOf(pid);
    if (info?.startTime !== startTime) return undefined;
    const user = userNames().get(info.uid) ?? String(info.uid);
    const told = argumentsOf(pid);
    return told === undefined ? { command: null, user } : { ...argumentDetails(told.args), user };
  }

  find(pid: number): ProcessIdentity | undefined {
    const info = bsdInfoOf(pid);
    return info && { pid, startTime: info.startTime };
  }

  signal(process: ProcessIdentity, signal: string) {
    return signalPosix(this.find(process.pid), process, signal);
  }
}

function allPids(): number[] {
  // Room for some more than there are: processes start meanwhile.
  const pids = new Int32Array(libproc().proc_listallpids(null, 0) + 64);
  return [...pids.subarray(0, libproc().proc_listallpids(pids, pids.byteLength))].filter((pid) => pid > 0);
}

function bsdInfoOf(pid: number): BsdInfo | undefined {
  const bytes = new Uint8Array(BSD_INFO_BYTES);
  const filled = libproc().proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, bytes, bytes.length);
  return filled === bytes.length ? bsdInfoIn(bytes) : undefined;
}

function read(pid: number): MachineProcess | undefined {
  const info = bsdInfoOf(pid);
  if (info === undefined) return undefined;
  const bytes = new Uint8Array(TASK_INFO_BYTES);
  const filled = libproc().proc_pidinfo(pid, PROC_PIDTASKINFO, 0, bytes, bytes.length);
  const task = filled === bytes.length ? taskInfoIn(bytes) : { cpuMs: null, memory: null, threads: null };
  const { ppid, name, startTime, startedAt, status, pgid } = info;
  const treeId = argumentsOf(pid)?.treeId;
  return { pid, ppid, name, startTime, startedAt, status, pgid, ...task, treeId, isWatcher: false };
}
