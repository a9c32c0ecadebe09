/** A further process of this program, that is not a job: the server under its supervisor, or the successor of a server. */

export interface OwnProcessRequest {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Whether its standard input is a pipe whose end it notices when this process ends, however that comes about. */
  readonly linked: boolean;
  /** Takes its output where it cannot write to our console itself. */
  readonly relay: (to: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;
}

export interface OwnProcess {
  readonly pid: number;
  /** 128+N for signal N. Never rejects. */
  readonly exited: Promise<number>;
  /** Writes a line to its standard input; nothing happens when it has gone. */
  tell(line: string): void;
  /** Ends it alone, not what it has started. */
  kill(): void;
}

/** Throws when the program cannot be started. It goes on when this process ends, and gets no Ctrl-C of our terminal. */
export type StartOwnProcess = (request: OwnProcessRequest) => OwnProcess;
