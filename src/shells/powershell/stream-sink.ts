/**
 * One output stream of a shell whose commands share it, cut at the end marks: each piece goes into the file of the
 * command it belongs to.
 *
 * What comes between two commands is printed by programs that the one before left in the background, and goes where the
 * output of that one went.
 */
import { openSync, writeSync } from 'node:fs';
import { close } from '../../platform/files/close.ts';

export class StreamSink {
  #fd: number | undefined;
  #mark: Buffer | undefined;
  #reached: (() => void) | undefined;
  /** Bytes that may be the beginning of a mark. */
  #held = Buffer.alloc(0);
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#pump(stream);
  }

  /** From now on bytes go to `path`; resolves when `mark` has come. */
  begin(path: string, mark: string): Promise<void> {
    this.#close();
    this.#fd = openSync(path, 'a', 0o600);
    this.#mark = Buffer.from(mark, 'latin1');
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  async #pump(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of stream) this.#take(Buffer.from(chunk));
    } finally {
      this.#write(this.#held);
      this.#held = Buffer.alloc(0);
      this.#close();
    }
  }

  #take(chunk: Buffer): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const mark = this.#mark;
    if (mark === undefined) {
      this.#write(bytes);
      return;
    }
    const at = bytes.indexOf(mark);
    if (at === -1) {
      const keep = partialMark(bytes, mark);
      this.#write(bytes.subarray(0, bytes.length - keep));
      this.#held = Buffer.from(bytes.subarray(bytes.length - keep));
      return;
    }
    this.#write(bytes.subarray(0, at));
    this.#held = Buffer.alloc(0);
    this.#mark = undefined;
    this.#reached?.();
    this.#write(bytes.subarray(at + mark.length));
  }

  #write(bytes: Uint8Array): void {
    if (this.#fd === undefined) return;
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch {
        // A full disk: what does not fit is lost, as it is to a command that ignores the error. The job
        // says so in its warnings.
        return;
      }
    }
  }

  #close(): void {
    if (this.#fd !== undefined) close(this.#fd);
    this.#fd = undefined;
  }
}

/** How many of the last bytes could be the first of the mark. */
function partialMark(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
