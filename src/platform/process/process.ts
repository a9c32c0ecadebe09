/**
 * Processes that outlive the server, as the rest of the house sees them.
 *
 * A managed process writes its output straight to files, may be left running when the server goes
 * down, and can be taken up again by the next server (`adopt`). Ending it always means its whole tree.
 *
 * POSIX and Windows have one implementation each (`posix/`, `windows/`); `processes.ts` chooses.
 */

/** A pid alone may be somebody else by now: it counts only together with the kernel's start mark. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; compared for equality only. Clock ticks since boot on Linux, FILETIME on Windows. */
  readonly startTime: string;
}

export type ExitResult =
  /** `code` is 128+N for a process that died of signal N. */
  | { readonly known: true; readonly code: number }
  /** It ended while no server was there to see it, and left no exit file. */
  | { readonly known: false };

/** `stdin-full`: withdrawn before any of it was in the pipe. */
export type InputFailure = 'stdin-closed' | 'process-gone' | 'stdin-full';

export interface ManagedProcess {
  readonly identity: ProcessIdentity;
  /** Settles when the shell itself has ended, whatever it left in the background. Never rejects. */
  readonly exited: Promise<ExitResult>;
  /**
   * Resolves once the bytes are in the pipe, so that a slow reader slows the caller down. `signal` withdraws them,
   * unless a part of them is in the pipe already.
   */
  write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined>;
  closeInput(): void;
  /** Lets go of our end of its stdin; where that has a name, somebody else may write on. */
  releaseInput(): void;
  /** Interrupts the foreground work where the platform can (SIGINT to the group); true when sent. */
  interrupt(): boolean;
  /**
   * Ends everything the process started: asks first (SIGTERM), forces after `graceMs` (SIGKILL, Job
   * Object). Resolves when nothing of the tree is left. Safe to call at any time, also after the exit.
   */
  endTree(graceMs: number): Promise<void>;
  /** Lets go of handles: a spawned process goes on, a launched one on Windows ends with them. */
  release(): void;
}

export interface SpawnRequest {
  /** Command text for the platform's shell: `/bin/sh -c` or `%ComSpec% /d /s /c`. */
  readonly command: string;
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The complete environment of the child. */
  readonly env: Readonly<Record<string, string>>;
  /** Files that receive the output; created (0600) or appended to. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Where a POSIX system puts the FIFO behind stdin, so that the next server can write to it too. */
  readonly inputPath: string;
  /** Where the exit code is written by somebody who outlives the server. */
  readonly exitPath: string;
  /** Where a POSIX system puts the text of a command that is too long for an argument. */
  readonly commandPath: string;
  /** 12 hex digits that mark every process of this tree. */
  readonly treeId: string;
}

/** A program of our own choosing, such as a shell that is kept. It ends with the server. */
export interface LaunchRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly treeId: string;
  /** Where a POSIX system puts the FIFO behind stdin; on Windows the pipe has no place. Without one it reads end of input. */
  readonly inputPath: string | undefined;
  /** Both output streams: appended to a file, or handed over to be read. */
  readonly messages: string | ((stdout: ReadableStream<Uint8Array>, stderr: ReadableStream<Uint8Array>) => void);
}

export type SpawnFailure =
  | { readonly reason: 'cwd-missing'; readonly cwd: string }
  | { readonly reason: 'spawn-refused'; readonly detail: string };

export interface AdoptRequest {
  /** Undefined when the server died before it could note it: the tree id is then all there is. */
  readonly identity: ProcessIdentity | undefined;
  readonly inputPath: string;
  readonly exitPath: string;
  readonly treeId: string;
}

/** Starts programs that live no longer than the server. */
export interface Launcher {
  launch(request: LaunchRequest): Promise<ManagedProcess | SpawnFailure>;
  /** Ends what is left of a tree whose server was killed. */
  endLeftover(treeId: string, graceMs: number): Promise<void>;
}

export interface Processes extends AsyncDisposable {
  spawn(request: SpawnRequest): ManagedProcess | SpawnFailure;
  /** Takes up a process an earlier server started. `exited` settles at once when it has gone already. */
  adopt(request: AdoptRequest): Promise<ManagedProcess>;
}
