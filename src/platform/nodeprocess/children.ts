/** What the two kinds of systems do in their own way where node:child_process starts and ends a program. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Result } from '../../core/failure.ts';
import type { LaunchRequest, ProcessIdentity } from '../process/process.ts';

/** The parameters of `spawn`, without its streams. */
export interface ChildStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

export interface StartRefused {
  readonly reason: 'start-refused';
  /** A sentence without its full stop. */
  readonly detail: string;
}

export interface Children {
  readonly startOf: (request: LaunchRequest) => Result<ChildStart, StartRefused>;
  /** To be called right after the start. */
  readonly identityOf: (child: ChildProcess, pid: number) => ProcessIdentity;
  /** Ends the process and all it has started, as far as that can be found. Resolves when nothing of it is left. */
  readonly endTree: (tree: ChildTree, graceMs: number) => Promise<void>;
}

export interface ChildTree {
  readonly identity: ProcessIdentity;
  readonly treeId: string;
  readonly child: ChildProcess;
}

/** Whether the system has told of its end. */
export const hasExited = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
