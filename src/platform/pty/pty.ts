/**
 * A program in a terminal of its own: a real PTY on POSIX, ConPTY on Windows. `index.ts` opens them.
 *
 *   running ──the program ends──▶ draining ──its last output is read──▶ closed
 *
 * It ends with the server: the kernel hangs up when the last holder of the master goes, however that ends.
 */
import type { Failure, Result } from '../../core/failure.ts';

export interface PtyRequest {
  /** The program's full path, then its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The complete environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
  /** 12 hex digits that mark every process of this tree. */
  readonly treeId: string;
}

export type PtyFailure =
  | { readonly reason: 'cwd-missing'; readonly cwd: string }
  | { readonly reason: 'program-missing'; readonly program: string }
  | { readonly reason: 'spawn-refused'; readonly detail: string }
  /** Nothing to do with the program: the system has no descriptor, process or terminal left. */
  | { readonly reason: 'system-refused'; readonly detail: string };

export interface Pty {
  readonly pid: number;
  /**
   * Settles after the last output that the program had printed when it ended has been handed over.
   * 128+N for a program that died of signal N, where the engine reports it. Never rejects.
   */
  readonly exited: Promise<number>;
  /**
   * From now on `output` gets every chunk the program prints, in order, as it stands; it may keep them. Nothing is
   * lost when this is called right after the opening, before anything is awaited.
   */
  listen(output: (data: Uint8Array) => void): void;
  /** Undefined: taken. `full`: the program reads too slowly, nothing of `data` was taken. */
  write(data: Uint8Array): 'full' | 'gone' | undefined;
  /** Whole numbers from 1 to 65,535. */
  resize(cols: number, rows: number): void;
  /**
   * Stops the program at its next print, as Ctrl-S does, without stopping what is typed. False where that
   * cannot be done: on Windows, and when the program has gone.
   */
  pause(): boolean;
  resume(): void;
  /**
   * Ends everything that was started in it: hangs up and asks (SIGHUP, SIGTERM), forces after `graceMs`.
   * Resolves when nothing of the tree is left. Safe at any time, also after the exit.
   */
  endTree(graceMs: number): Promise<void>;
  /** Lets go of handles without ending anything. After the exit only. */
  release(): void;
}

export type OpenPty = (request: PtyRequest) => Result<Pty, PtyFailure>;

/** `bun`: Bun.Terminal. `bun-pty`: the package of that name, see bun-pty.ts for what it cannot do. */
export type EngineName = 'bun' | 'bun-pty';

/** The engine cannot open any terminal here, whatever the program. */
export interface EngineFailure extends Failure<'engine-unusable'> {
  readonly detail: string;
}

/** Opens terminals in one particular way. Folder and program of the request have been found. */
export type Engine = (request: PtyRequest) => Result<Pty, PtyFailure | EngineFailure>;

/** What the two kinds of systems do in their own ways with the program that is started. */
export interface PtySystem {
  take(pid: number, treeId: string): PtyTree;
  /** What the environment has to hold so that the tree is found again. */
  readonly marks: (treeId: string) => Readonly<Record<string, string>>;
  /**
   * Calls `start` with what to start so that the program gets `env` and nothing of the server's own environment: for an
   * engine that lays `env` over that. The API key is in there.
   */
  hideEnvironment<T>(request: Pick<PtyRequest, 'argv' | 'env'>, start: (argv: PtyRequest['argv']) => T): T;
}

export interface PtyTree {
  /** False where it cannot be done. */
  setFlow(flow: 'stop' | 'go'): boolean;
  /** All output goes through it, in order: what a stop has done to line feeds is undone. */
  mend(output: Uint8Array): Uint8Array;
  /** Whether the program has read all input that has reached its terminal. True where the system takes any amount. */
  inputTaken(): boolean;
  end(graceMs: number): Promise<void>;
  release(): void;
}
