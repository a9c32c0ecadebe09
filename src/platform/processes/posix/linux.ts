/** The processes of Linux, from /proc (proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sleep } from '../../../core/sleep.ts';
import { isWatcher } from '../../process/posix/shell-command.ts';
import { startTimeIn } from '../../process/posix/process-table-linux.ts';
import { treeIdIn } from '../../process/posix/tree-variable.ts';
import type { ProcessIdentity } from '../../process/process.ts';
import { userNames } from '../../ports/posix/users.ts';
import {
  argumentDetails,
  keyOf,
  type MachineProcess,
  type MachineProcesses,
  type OwnTree,
  type ProcessDetails,
  type ProcessStatus,
} from '../processes.ts';
import { treesOf } from '../tree-members.ts';
import { signalPosix } from './signal.ts';

/** So long it may keep others from their turn. */
const SLICE_MS = 3;
/** A tick is a hundredth of a second to programs, whatever it is to the kernel. */
const TICK_MS = 10;
/** AT_PAGESZ of <elf.h>. */
const PAGE_SIZE_ENTRY = 6n;
/** A clock that was set by more moves the times of all starts. */
const CLOCK_SET_MS = 1000;

const STATUSES: Readonly<Record<string, ProcessStatus>> = {
  R: 'running',
  S: 'sleeping',
  D: 'waiting',
  T: 'stopped',
  t: 'stopped',
  I: 'idle',
  Z: 'ended',
  X: 'ended',
};

export class LinuxProcesses implements MachineProcesses {
  #pageSize: number | undefined;
  #bootedAt = 0;
  #users: ReadonlyMap<number, string> = new Map();

  async look(trees: readonly OwnTree[]): Promise<readonly MachineProcess[]> {
    this.#noteBoot();
    this.#users = userNames();
    const found = await eachProcess((pid) => this.#read(pid));
    const members = treesOf(found, trees);
    return found.map((one) => {
      const treeId = members.get(one.pid);
      const isOurShell = treeId !== undefined && isWatcher(readOrNothing(`/proc/${one.pid}/cmdline`));
      return { ...one, treeId, isWatcher: isOurShell };
    });
  }

  async cpuTimes(): Promise<ReadonlyMap<string, number>> {
    const entries = await eachProcess((pid) => {
      const stat = readOrNothing(`/proc/${pid}/stat`);
      return stat === ''
        ? undefined
        : ([keyOf({ pid, startTime: startTimeIn(stat) }), cpuMsOf(fieldsOf(stat))] as const);
    });
    return new Map(entries);
  }

  detailsOf({ pid, name, startTime }: MachineProcess): ProcessDetails | undefined {
    const uid = /^Uid:\t\d+\t(\d+)/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1];
    const line = readOrNothing(`/proc/${pid}/cmdline`, 'utf8');
    const cwd = linkOf(`/proc/${pid}/cwd`);
    // What was read may be another's by now.
    if (uid === undefined || identityOf(pid)?.startTime !== startTime) return undefined;
    return {
      // A thread of the kernel has no arguments, and neither has what has ended.
      ...(line === '' ? { command: `[${name}]` } : argumentDetails(line.replace(/\0$/, '').split('\0'))),
      user: this.#users.get(Number(uid)) ?? uid,
      ...(cwd !== undefined && { cwd }),
    };
  }

  /** No thread: each has a folder, which no list has, and a signal to its number goes to its process, be it this server. */
  find(pid: number): ProcessIdentity | undefined {
    const leader = /^Tgid:\t(\d+)$/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1];
    return Number(leader) === pid ? identityOf(pid) : undefined;
  }

  signal(process: ProcessIdentity, signal: string) {
    return signalPosix(this.find(process.pid), process, signal);
  }

  #read(pid: number): MachineProcess | undefined {
    const stat = readOrNothing(`/proc/${pid}/stat`, 'utf8');
    if (stat === '') return undefined;
    // The second field is the name in parentheses, which may hold spaces and parentheses itself.
    const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')];
    const fields = fieldsOf(stat);
    const number = (at: number) => Number(fields[at]);
    return {
      pid,
      ppid: number(1),
      name: stat.slice(from + 1, to),
      startTime: startTimeIn(stat),
      startedAt: this.#bootedAt + number(19) * TICK_MS,
      cpuMs: cpuMsOf(fields),
      memory: number(21) * (this.#pageSize ??= readPageSize()),
      status: STATUSES[fields[0] ?? ''] ?? 'unknown',
      threads: number(17),
      pgid: number(2),
      sid: number(3),
      treeId: treeIdIn(readOrNothing(`/proc/${pid}/environ`), '\0'),
      isWatcher: false,
    };
  }

  /** Kept, so that a process does not seem to have been started a hundredth of a second apart in two looks. */
  #noteBoot(): void {
    const bootedAt = Date.now() - Number(readOrNothing('/proc/uptime').split(' ')[0]) * 1000;
    if (Math.abs(bootedAt - this.#bootedAt) > CLOCK_SET_MS) this.#bootedAt = bootedAt;
  }
}

async function eachProcess<T>(read: (pid: number) => T | undefined): Promise<T[]> {
  const found: T[] = [];
  let sliceEnds = performance.now() + SLICE_MS;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const one = Number.isInteger(pid) ? read(pid) : undefined;
    if (one !== undefined) found.push(one);
    if (performance.now() < sliceEnds) continue;
    await sleep(0);
    sliceEnds = performance.now() + SLICE_MS;
  }
  return found;
}

function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat === '' ? undefined : { pid, startTime: startTimeIn(stat) };
}

/** Those behind the name. */
const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

const cpuMsOf = (fields: readonly string[]): number => (Number(fields[11]) + Number(fields[12])) * TICK_MS;

/** Pairs of what the kernel has told this program at its start. */
function readPageSize(): number {
  const words = new BigUint64Array(new Uint8Array(readFileSync('/proc/self/auxv')).buffer);
  const at = words.findIndex((word, index) => index % 2 === 0 && word === PAGE_SIZE_ENTRY);
  return Number(words[at + 1]);
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

// Ended in the meantime, or of another user: either way there is nothing to see.
function readOrNothing(path: string, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  try {
    return readFileSync(path, encoding);
  } catch {
    return '';
  }
}
