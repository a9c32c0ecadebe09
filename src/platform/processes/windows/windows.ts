/** The processes of Windows: one call tells of all; the Job Object names the tree, where POSIX looks into environments. */
import { closeHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { factsOf } from '../../ports/windows/process-facts.ts';
import type { ProcessIdentity } from '../../process/process.ts';
import { membersOf } from '../../process/windows/job-object.ts';
import { openAny, startTimeOf, terminate } from '../../process/windows/process-handle.ts';
import type { SendBreak } from '../../process/windows/signals.ts';
import { splitCommandLine } from '../../programs/windows/split-command-line.ts';
import {
  argumentDetails,
  keyOf,
  MAX_COMMAND,
  type MachineProcess,
  type MachineProcesses,
  type OwnTree,
  type ProcessDetails,
} from '../processes.ts';
import { treesOf } from '../tree-members.ts';
import { commandLineOf } from './command-line.ts';
import { systemProcesses } from './system-processes.ts';

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;

export class WindowsProcesses implements MachineProcesses {
  readonly #sendBreak: SendBreak;

  constructor(sendBreak: SendBreak) {
    this.#sendBreak = sendBreak;
  }

  async look(trees: readonly OwnTree[]): Promise<readonly MachineProcess[]> {
    const treeOf = new Map(trees.flatMap(({ treeId }) => membersOf(treeId).map((pid) => [pid, treeId] as const)));
    const found = systemProcesses().map((one) => ({ ...one, treeId: treeOf.get(one.pid), isWatcher: false }));
    const members = treesOf(found, trees);
    return found.map((one) => ({ ...one, treeId: members.get(one.pid) }));
  }

  async cpuTimes(): Promise<ReadonlyMap<string, number>> {
    return new Map(systemProcesses().map((one) => [keyOf(one), one.cpuMs]));
  }

  detailsOf({ pid, startTime }: MachineProcess): ProcessDetails | undefined {
    const handle = kernel32().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) as Handle;
    // A protected one, or one of the system.
    if (handle === 0) return { command: null, user: null };
    try {
      if (startTimeOf(handle) !== startTime) return undefined;
      const { command, user } = factsOf(pid);
      const line = commandLineOf(handle, pid);
      if (line === undefined) return { command, user };
      const args = splitCommandLine(line);
      return { ...(args.ok && argumentDetails(args.value)), command: line.slice(0, MAX_COMMAND), user };
    } finally {
      closeHandle(handle);
    }
  }

  find(pid: number): ProcessIdentity | undefined {
    const one = systemProcesses().find((process) => process.pid === pid);
    return one && { pid, startTime: one.startTime };
  }

  async signal({ pid, startTime }: ProcessIdentity, signal: string) {
    if (this.find(pid)?.startTime !== startTime) return 'gone';
    // A Ctrl-Break goes to a group alone, and only one that has a console.
    if (signal === 'SIGINT') return (await this.#sendBreak(pid)) ? 'sent' : 'impossible';
    const handle = openAny(pid);
    if (handle === undefined) return 'refused';
    try {
      if (startTimeOf(handle) !== startTime) return 'gone';
      terminate(handle);
      return 'sent';
    } finally {
      closeHandle(handle);
    }
  }
}
