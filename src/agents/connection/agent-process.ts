/**
 * An agent as a process that is talked to through its streams. The server has one implementation, on the platform's
 * launcher; the library for Node and Bun has another.
 */
export interface AgentExit {
  /** 128+N after signal N; undefined when it is not known. */
  readonly code: number | undefined;
}

export interface AgentProcess {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Settles when the process itself has ended, whatever it left behind. Never rejects. */
  readonly exited: Promise<AgentExit>;
  /** Resolves false when nobody reads it any more. Called again only after it has settled. */
  write(data: Uint8Array): Promise<boolean>;
  /**
   * End of input, then SIGTERM, then SIGKILL of everything it has started, each after a grace of its own. Resolves when
   * nothing of it is left. May be called again.
   */
  end(): Promise<void>;
}

export interface AgentStart {
  /** The program, by its full path, and its arguments. */
  readonly argv: readonly string[];
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** 12 hex digits that mark every process of this agent. */
  readonly treeId: string;
}

/** Rejects with a sentence when it cannot be started. */
export type StartAgent = (start: AgentStart) => Promise<AgentProcess>;
