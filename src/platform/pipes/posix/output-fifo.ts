/**
 * A pipe for both output streams of a program, to be read by us as it comes: a FIFO.
 *
 * Not `stdout: 'pipe'`: Bun makes that a pair of sockets, one per stream, which loses the order between the two; and a
 * program cannot open `/dev/stderr` on a socket. Not an anonymous pipe: neither Node nor Bun makes one.
 */
import { constants, openSync } from 'node:fs';
import { makeFifo } from '../../api/posix/libc.ts';
import { close } from '../../files/close.ts';

export class OutputFifo implements Disposable {
  readonly stream: ReadableStream<Uint8Array>;
  #fd: number | undefined;

  private constructor(fd: number) {
    this.#fd = fd;
    this.stream = Bun.file(fd).stream();
  }

  /** A new FIFO and the descriptor of its writing end, which the caller closes once the child has it. */
  static create(path: string): { pipe: OutputFifo; writeEnd: number } {
    makeFifo(path);
    // Without waiting for a writer; and Bun must never wait in a read.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const writeEnd = openSync(path, constants.O_WRONLY);
      return { pipe: new OutputFifo(readEnd), writeEnd };
    } catch (error) {
      close(readEnd);
      throw error;
    }
  }

  /** Bun reads by a copy of the descriptor, and closes that itself when the last writer has. */
  [Symbol.dispose](): void {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }
}
