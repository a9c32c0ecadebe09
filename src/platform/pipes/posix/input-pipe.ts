/**
 * A job's stdin: a FIFO in its folder.
 *
 * Not `stdin: 'pipe'`: Bun makes that a socket pair, and `/dev/stdin` cannot be opened on a socket.
 * Not an anonymous pipe: a FIFO can be opened again by the server that takes the job up.
 */
import { constants, openSync, rmSync, writeSync } from 'node:fs';
import { codeOf } from '../../../core/failure.ts';
import { makeFifo } from '../../api/posix/libc.ts';
import type { PipeFailure, PipeWriter } from '../pipes.ts';
import { close } from '../../files/close.ts';

const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;
/** How long, at most, a program that opens an ended stdin by its name waits until it reads the end. */
const END_AGAIN_MS = 50;

export class InputPipe implements PipeWriter {
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
    // Opening one end of a FIFO waits for the other, unless one descriptor holds both.
    const both = openSync(path, constants.O_RDWR);
    let readEnd: number | undefined;
    try {
      readEnd = openSync(path, constants.O_RDONLY);
      return { pipe: new InputPipe(path, openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)), readEnd };
    } catch (error) {
      if (readEnd !== undefined) close(readEnd);
      throw error;
    } finally {
      close(both);
    }
  }

  /** For a process that has no stdin of ours. */
  static none(): InputPipe {
    return new InputPipe('', undefined);
  }

  /** The writing end of a FIFO that is there already; closed from the start when nothing reads it any more. */
  static reopen(path: string): InputPipe {
    try {
      return new InputPipe(path, openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      return new InputPipe(path, undefined);
    }
  }

  async write(data: Uint8Array, signal?: AbortSignal): Promise<PipeFailure | undefined> {
    let rest = data;
    let pause = FIRST_RETRY_MS;
    // At least one write, even of nothing: only a write shows whether the pipe still has a reader.
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
   * The readers' input ends. A program that opens `/dev/stdin` only after that would wait for a writer for ever, unlike
   * with a pipe that has no name: so the FIFO is opened for writing, and closed at once, at intervals.
   */
  end(): void {
    this.#close();
    this.#endAgain ??= setInterval(() => InputPipe.reopen(this.#path)[Symbol.dispose](), END_AGAIN_MS).unref();
  }

  /** Closes it without keeping up the end of input: nothing reads it any more, or another writer takes over. */
  [Symbol.dispose](): void {
    clearInterval(this.#endAgain);
    this.#close();
  }

  #close(): void {
    if (this.#fd === undefined) return;
    close(this.#fd);
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
