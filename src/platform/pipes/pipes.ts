/** Pipes and sockets through which the server writes to, and talks with, what it has started. */

/** `stdin-closed`: nobody reads the pipe any more, or it was ended. `stdin-full`: taken back before any of it was in the pipe. */
export type PipeFailure = 'stdin-closed' | 'stdin-full';

/** The writing end of a pipe that is some process's stdin. */
export interface PipeWriter extends Disposable {
  /**
   * Resolves once the bytes are in the pipe, so that a slow reader slows the caller down. `signal` takes them back,
   * unless a part of them is in the pipe already.
   */
  write(data: Uint8Array, signal?: AbortSignal): Promise<PipeFailure | undefined>;
  /** The reader reads the end of input after what was written before. */
  end(): void;
}

/**
 * A pipe that a program opens by its path, once. What is written before waits for it, and so does the end; nothing of
 * it reaches whoever opens the next pipe.
 */
export interface NamedPipe extends PipeWriter {
  /** What the program has to open. */
  readonly path: string;
}

/** Where the server listens for one program that it has started. */
export interface ChannelAddress extends Disposable {
  /** What node:net listens on. */
  readonly path: string;
  /** What .NET's NamedPipeClientStream calls it. */
  readonly name: string;
}

export interface Pipes {
  /** `place`: a free path, for systems on which a pipe stands in the file system. Throws where the system refuses. */
  readonly createNamedPipe: (place: string) => NamedPipe;
  /** stdin of one command in a shell whose commands all inherit the shell's own, which was made at `path`. */
  readonly openSharedInput: (path: string) => PipeWriter;
  readonly newChannelAddress: () => ChannelAddress;
}
