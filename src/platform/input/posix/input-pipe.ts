/**
 * A job's stdin: a FIFO in its folder.
 *
 * Not `stdin: 'pipe'`: Bun makes that a socket pair, and `/dev/stdin` cannot be opened on a socket.
 * Not an anonymous pipe: a FIFO can be opened again by the server that takes the job up.
 */
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { codeOf } from '../../../core/failure.ts';
import type { InputFailure } from '../../process/process.ts';
import { makeFifo } from '../../api/posix/libc.ts';

const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;
/** How long, at most, somebody who opens an ended stdin by its name waits to read that it has ended. */
const END_AGAIN_MS = 50;

export class InputPipe implements Disposable {
  readonly #path: string;
  #fd: number | undefined;
  #endAgain: ReturnType<typeof setInterval> | undefined;

  private constructor(path: string, fd: number | undefined) {
    this.#path = path;
    this.#fd = fd;
  }

  /** A new FIFO and the descriptor of its reading end, which the caller closes once the child has it. */
  static create(path: string): { pipe: InputPipe; readEnd: number } {
    // A server that was killed between making it and starting the job has left one behind.
    rmSync(path, { force: true });
    makeFifo(path);
    // Opening one end of a FIFO waits for the other, unless somebody holds both.
    const both = openSync(path, constants.O_RDWR);
    try {
      const readEnd = openSync(path, constants.O_RDONLY);
      return { pipe: new InputPipe(path, openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)), readEnd };
    } finally {
      closeSync(both);
    }
  }

  /** For a process whose stdin is nobody's. */
  static none(): InputPipe {
    return new InputPipe('', undefined);
  }

  /** The writing end of a FIFO that an earlier server made; closed when nobody reads it any more. */
  static reopen(path: string): InputPipe {
    try {
      return new InputPipe(path, openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      return new InputPipe(path, undefined);
    }
  }

  /** `signal` withdraws data that has to wait for room, unless a part of it is in the pipe. */
  async write(data: Uint8Array, signal?: AbortSignal): Promise<InputFailure | undefined> {
    let rest = data;
    let pause = FIRST_RETRY_MS;
    // At least one write, even of nothing: it is what tells whether somebody still reads.
    for (;;) {
      if (this.#fd === undefined) return 'stdin-closed';
      const written = this.#tryWrite(this.#fd, rest);
      if (written === 'closed') return 'stdin-closed';
      if (written === 'full') {
        if (signal?.aborted === true && rest.length === data.length) return 'stdin-full';
        await Bun.sleep(pause);
        pause = Math.min(pause * 2, LAST_RETRY_MS);
        continue;
      }
      pause = FIRST_RETRY_MS;
      rest = rest.subarray(written);
      if (rest.length === 0) return undefined;
    }
  }

  /**
   * The readers' input ends. Whoever opens `/dev/stdin` only after that would wait for a writer for
   * ever, unlike with a pipe that has no name: so a writer comes by now and then, and goes.
   */
  end(): void {
    this.#close();
    this.#endAgain ??= setInterval(() => InputPipe.reopen(this.#path)[Symbol.dispose](), END_AGAIN_MS).unref();
  }

  /** Lets go, with nobody left to read or another server to write. */
  [Symbol.dispose](): void {
    clearInterval(this.#endAgain);
    this.#close();
  }

  #close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #tryWrite(fd: number, data: Uint8Array): number | 'full' | 'closed' {
    try {
      return writeSync(fd, data);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return 'full';
      this.#close();
      return 'closed';
    }
  }
}
