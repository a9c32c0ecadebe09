/**
 * Processes as all code outside of platform/ sees them. Ending one always means its whole tree.
 *
 * A spawned process writes its output straight to files, goes on when the server stops, and can be taken up again by the
 * next server (`adopt`). A launched one talks with the server through its streams, and ends with it.
 *
 * POSIX and Windows have one implementation each (`posix/`, `windows/`); `index.ts` chooses.
 */
import type { PipeFailure } from '../pipes/pipes.ts';

/** The kernel may have given a pid to another process by now: it counts only together with the time of the start. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; compared for equality only. Clock ticks since boot on Linux, FILETIME on Windows. */
  readonly startTime: string;
}

export type ExitResult =
  /**
   * `code` is 128+N for a process that died of signal N, and `signal` is its name where this server saw that: a shell
   * whose command died of a signal ends with the same code, by itself.
   */
  | { readonly known: true; readonly code: number; readonly signal?: string }
  /** It ended while no server was there to see it, and left no exit file. */
  | { readonly known: false };

export type InputFailure = PipeFailure | 'process-gone';

/** A process, and everything it has started. */
export interface ProcessTree {
  readonly identity: ProcessIdentity;
  /** Settles when the process itself has ended, whatever it left in the background. Never rejects. */
  readonly exited: Promise<ExitResult>;
  /**
   * Ends everything the process started: asks first (SIGTERM), forces after `graceMs` (SIGKILL, Job
   * Object). Resolves when nothing of the tree is left. Safe to call at any time, also after the exit.
   */
  endTree(graceMs: number): Promise<void>;
  /** Closes our handles: a spawned process goes on, a launched one on Windows ends with them. */
  release(): void;
}

/** A process that was spawned or adopted. */
export interface ManagedProcess extends ProcessTree {
  /**
   * Resolves once the bytes are in the pipe, so that a slow reader slows the caller down. `signal` takes them back,
   * unless a part of them is in the pipe already.
   */
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  closeInput(): void;
  /**
   * The process of a program that was given with its arguments: not `identity` where a shell waits for it. Undefined until it
   * is known, for some milliseconds after the start, and where nothing notes it.
   */
  program(): ProcessIdentity | undefined;
  /**
   * Sends a signal that `isSignal` knows. Resolves to how many processes got it. On Windows SIGINT is a Ctrl-Break to the
   * whole group of the process, whatever the target, and counts as one.
   */
  signal(name: string, target: SignalTarget): Promise<number>;
}

/** The process itself, or everything that it started as well. */
export type SignalTarget = 'process' | 'tree';

export interface SpawnRequest {
  /**
   * Command text for the platform's shell: `/bin/sh -c` or `%ComSpec% /d /s /c`. Or a program by its full path, and its
   * arguments, which reach it as they are.
   */
  readonly command: string | readonly [program: string, ...args: string[]];
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The complete environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that receive the output; created (0600) or appended to. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** `none`: it reads end of input. Default: what is written to it. */
  readonly stdin?: 'pipe' | 'none';
  /** Where a POSIX system puts the FIFO behind stdin, so that the next server can write to it too. */
  readonly inputPath: string;
  /** Where the exit code is written by a process that outlives the server. */
  readonly exitPath: string;
  /** Where a POSIX system puts the text of a command that is too long for an argument. */
  readonly commandPath: string;
  /** Where a POSIX system notes which process a program is, that was given with its arguments. Without it nobody asks. */
  readonly programPath?: string;
  /** 12 hex digits that mark every process of this tree. */
  readonly treeId: string;
}

/** A program with its arguments, such as a shell that is kept. */
export interface LaunchRequest {
  /** One string: command text, as `spawn` takes it. */
  readonly argv: readonly string[] | string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly treeId: string;
  /** Where a POSIX system puts the FIFO behind stdin; on Windows the pipe has no place. Without one it reads end of input. */
  readonly inputPath: string | undefined;
  /**
   * With it stdout and stderr are one pipe, so that what is printed keeps its order; `stderr` of the launched is then
   * empty. It is where a POSIX system puts the FIFO; on Windows the pipe has no place.
   */
  readonly outputPath?: string;
}

/** A program that runs, and its streams. Output that is not read makes the program wait. */
export interface Launched {
  readonly process: ProcessTree;
  /** Disposing of it closes our end only: where it has a path, another writer may go on. */
  readonly stdin: Disposable & Pick<ManagedProcess, 'write'>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Begins to tell apart what the program starts from now on. Absent on Windows, which does not show it. */
  readonly trackStarted?: () => StartedSince;
}

/** What a program that stays has started since some moment: the processes of one command in a shell that is given many. */
export interface StartedSince {
  /**
   * SIGINT, to each of them once: some programs take a second one as a demand to give up their clean-up. To none once
   * `end` has resolved: what is to be seen then is of the next command.
   */
  interrupt(): Promise<void>;
  /** SIGTERM, `graceMs`, SIGKILL. Resolves when nothing is left of them. */
  end(graceMs: number): Promise<void>;
}

export type SpawnFailure =
  | { readonly reason: 'cwd-missing'; readonly cwd: string }
  | { readonly reason: 'spawn-refused'; readonly detail: string };

export interface AdoptRequest {
  /** Undefined when the server died before it could note it: the tree id is then all there is. */
  readonly identity: ProcessIdentity | undefined;
  readonly inputPath: string;
  readonly exitPath: string;
  readonly programPath?: string;
  readonly treeId: string;
}

/** Starts programs that live no longer than the server. */
export interface Launcher {
  launch(request: LaunchRequest): Promise<Launched | SpawnFailure>;
  /** Ends what is left of a tree whose server was killed. */
  endLeftover(treeId: string, graceMs: number): Promise<void>;
}

export interface Processes extends AsyncDisposable {
  spawn(request: SpawnRequest): ManagedProcess | SpawnFailure;
  /** Takes up a process an earlier server started. `exited` settles at once when it has gone already. */
  adopt(request: AdoptRequest): Promise<ManagedProcess>;
}
