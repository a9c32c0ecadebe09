/**
 * The processes of this machine, whoever's they are. Environments are looked into for the trees they name, and never told:
 * they hold secrets.
 *
 * Linux, macOS and Windows have one implementation each; `index.ts` chooses.
 */
import type { ProcessIdentity } from '../process/process.ts';

/**
 * `waiting`: for a disk or its like, not to be interrupted. `stopped`: by a signal or a debugger. `idle`: a thread of the
 * kernel without work. `ended`: it waits for its parent to notice.
 */
export type ProcessStatus = 'running' | 'sleeping' | 'waiting' | 'stopped' | 'idle' | 'ended' | 'unknown';

export interface MachineProcess extends ProcessIdentity {
  readonly ppid: number;
  /** Of its program, without a path; on Linux at most 15 bytes. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Milliseconds of processor time since its start; null: not told, since it is another user's. */
  readonly cpuMs: number | null;
  /** Bytes resident, likewise. */
  readonly memory: number | null;
  readonly status: ProcessStatus;
  readonly threads: number | null;
  /** POSIX: group and session. */
  readonly pgid?: number;
  readonly sid?: number;
  /** The tree that it belongs to, where that can be seen. */
  readonly treeId: string | undefined;
  /** It only waits for the process of a job, to note the exit code. */
  readonly isWatcher: boolean;
}

/** What takes a look of its own at each process. */
export interface ProcessDetails {
  /** At most MAX_COMMAND characters; null: not told. */
  readonly command: string | null;
  readonly user: string | null;
  readonly args?: readonly string[];
  readonly cwd?: string;
}

/** A tree that may have processes. */
export interface OwnTree {
  readonly treeId: string;
  readonly root: ProcessIdentity | undefined;
}

export interface MachineProcesses {
  /** Those that there are now. Rejects where the system does not tell. */
  look(trees: readonly OwnTree[]): Promise<readonly MachineProcess[]>;
  /** Milliseconds of processor time that each has taken, by `keyOf`. */
  cpuTimes(): Promise<ReadonlyMap<string, number>>;
  /** Undefined where it has gone. */
  detailsOf(process: MachineProcess): ProcessDetails | undefined;
  /** Undefined where there is none of that number. */
  find(pid: number): ProcessIdentity | undefined;
  /** `gone`: there is no such process any more. `refused`: it is not ours to signal. `impossible`: it cannot be sent this one. */
  signal(process: ProcessIdentity, signal: string): Promise<'sent' | 'gone' | 'refused' | 'impossible'>;
}

/** Names one process for good: its number may be given to another one after its end. */
export const keyOf = ({ pid, startTime }: ProcessIdentity): string => `${pid} ${startTime}`;

/** Characters of a command line that are told. */
export const MAX_COMMAND = 4096;
/** Characters of arguments that are told; those that have more are left out. */
export const MAX_ARGS = 65_536;

/** A list of arguments as what is told of it. */
export function argumentDetails(args: readonly string[]): Pick<ProcessDetails, 'args'> & { readonly command: string } {
  const command = args.join(' ').slice(0, MAX_COMMAND);
  return args.reduce((sum, { length }) => sum + length + 1, 0) > MAX_ARGS ? { command } : { command, args };
}
