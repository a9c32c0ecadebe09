/**
 * A program in a terminal of its own: a real PTY on POSIX, ConPTY on Windows. `pty-open.ts` opens them.
 *
 *   running ──the program ends──▶ draining ──its last words are read──▶ closed
 *
 * It ends with the server: the kernel hangs up when the last holder of the master goes, however that ends.
 */

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
  | { readonly reason: 'spawn-refused'; readonly detail: string };

export interface Pty {
  readonly pid: number;
  /**
   * Settles after the last output that the program had printed when it ended has been handed over.
   * 128+N for a program that died of signal N. Never rejects.
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

/** What the two kinds of systems do in their own ways with the program that has just been started. */
export interface PtySystem {
  take(pid: number, treeId: string): PtyTree;
  /** What the environment has to hold so that the tree is found again. */
  readonly marks: (treeId: string) => Readonly<Record<string, string>>;
}

export interface PtyTree {
  /** False where it cannot be done. */
  setFlow(flow: 'stop' | 'go'): boolean;
  end(graceMs: number): Promise<void>;
  release(): void;
}
