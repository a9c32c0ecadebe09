/**
 * The pipe behind a child's stdin.
 *
 * An anonymous pipe can only be written to in a way that blocks, and a child that does not read would
 * stop the whole server: so it is a named pipe with an overlapped end for us and a plain one for the child.
 * https://learn.microsoft.com/windows/win32/ipc/synchronous-and-overlapped-pipe-i-o
 */
import { checkedHandle, closeHandle, type Handle, lastError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct, wide } from '../../api/windows/memory.ts';
import { openForRead } from './output-file.ts';
import { newPipeName } from './pipe-name.ts';
import { ownerOnly } from './pipe-security.ts';

const PIPE_ACCESS_OUTBOUND = 0x2;
const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x8_0000;
const FILE_FLAG_OVERLAPPED = 0x4000_0000;
const PIPE_REJECT_REMOTE_CLIENTS = 0x8;
const BUFFER_BYTES = 65_536;
const ERROR_PIPE_CONNECTED = 535;
const ERROR_IO_INCOMPLETE = 996;
const ERROR_IO_PENDING = 997;
/** How long a write waits between looks when the pipe is full: from 1 ms, doubling. */
const MAX_LOOK_MS = 32;

export class InputPipe {
  #handle: Handle | undefined;
  #closing = false;
  #pending: Struct | undefined;
  #queue: Promise<boolean> = Promise.resolve(true);
  /** Writes that are not in the pipe yet. */
  #backlog = 0;

  private constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Our end, and the end to be inherited: close the latter once the child has it. */
  static create(): { readonly pipe: InputPipe; readonly childEnd: Handle } {
    // Refused if somebody has the name already, and connected to at once: the child must get this very pipe.
    const name = newPipeName();
    const ours = createPipe(name);
    try {
      return { pipe: new InputPipe(ours), childEnd: openForRead(name) };
    } catch (error) {
      closeHandle(ours);
      throw error;
    }
  }

  /**
   * A pipe that a program will open by its name: the first one, and only one that runs as the same user. What is
   * written before waits for it.
   */
  static listen(): { readonly pipe: InputPipe; readonly name: string } {
    const name = newPipeName();
    const pipe = new InputPipe(createPipe(name, ownerOnly()));
    void pipe.#enqueue(pipe.#clientCame());
    return { pipe, name };
  }

  /**
   * True once the bytes are in the pipe, false when there is nobody left to read them. Keeps the order.
   * With room in the pipe they are in it when this returns; `blockMs` waits as long for the kernel to say so. `signal`
   * withdraws data that has to wait for room.
   */
  write(data: Uint8Array, blockMs = 0, signal?: AbortSignal): Promise<boolean> {
    if (this.#closing) return Promise.resolve(false);
    // A copy: the kernel may read it later, and the caller may reuse the buffer as soon as we return.
    const bytes = data.slice();
    if (this.#backlog > 0) return this.#enqueue(this.#queue.then(() => this.#put(bytes, blockMs, signal)));
    const begun = this.#begin(bytes, blockMs);
    return typeof begun === 'boolean' ? Promise.resolve(begun) : this.#enqueue(this.#finished(bytes, begun, signal));
  }

  #enqueue(write: Promise<boolean>): Promise<boolean> {
    this.#backlog += 1;
    return (this.#queue = write.finally(() => (this.#backlog -= 1)));
  }

  /** The reader sees the end of the file after what was written before. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    void this.#queue.then(() => this.#free());
  }

  /** Closes at once: what is still waiting to be read is lost. */
  abandon(): void {
    this.#closing = true;
    this.#free();
  }

  #free(): void {
    if (this.#handle === undefined) return;
    if (this.#pending !== undefined) {
      // The kernel may write to these buffers until the operation is over: wait for that, it is at once.
      kernel32().CancelIoEx(this.#handle, this.#pending.bytes);
      kernel32().GetOverlappedResult(this.#handle, this.#pending.bytes, new Uint32Array(1), 1);
    }
    closeHandle(this.#handle);
    this.#handle = undefined;
  }

  async #put(bytes: Uint8Array, blockMs: number, signal?: AbortSignal): Promise<boolean> {
    const begun = this.#begin(bytes, blockMs);
    return typeof begun === 'boolean' ? begun : this.#finished(bytes, begun, signal);
  }

  /** What came of it, or the structure that will tell. */
  #begin(bytes: Uint8Array, blockMs: number): boolean | Struct {
    if (this.#handle === undefined) return false;
    if (bytes.length === 0) return true;
    const overlapped = new Struct(32);
    if (kernel32().WriteFile(this.#handle, bytes, bytes.length, null, overlapped.bytes) !== 0) return true;
    if (lastError('WriteFile').errorCode !== ERROR_IO_PENDING) return false;
    this.#pending = overlapped;
    if (blockMs > 0) kernel32().WaitForSingleObject(this.#handle, blockMs);
    return overlapped;
  }

  async #finished(bytes: Uint8Array, overlapped: Struct, signal?: AbortSignal): Promise<boolean> {
    return (await this.#transferred(overlapped, signal)) === bytes.length;
  }

  async #clientCame(): Promise<boolean> {
    if (this.#handle === undefined) return false;
    const overlapped = new Struct(32);
    if (kernel32().ConnectNamedPipe(this.#handle, overlapped.bytes) !== 0) return true;
    const { errorCode } = lastError('ConnectNamedPipe');
    if (errorCode === ERROR_PIPE_CONNECTED) return true;
    if (errorCode !== ERROR_IO_PENDING) return false;
    this.#pending = overlapped;
    return (await this.#transferred(overlapped)) !== undefined;
  }

  /** Looks until the operation is over: how many bytes it has moved, or undefined when it failed or we were closed. */
  async #transferred(overlapped: Struct, signal?: AbortSignal): Promise<number | undefined> {
    const transferred = new Uint32Array(1);
    try {
      for (let wait = 1; this.#handle !== undefined; wait = Math.min(wait * 2, MAX_LOOK_MS)) {
        if (signal?.aborted === true) kernel32().CancelIoEx(this.#handle, overlapped.bytes);
        if (kernel32().GetOverlappedResult(this.#handle, overlapped.bytes, transferred, 0) !== 0) return transferred[0];
        if (lastError('GetOverlappedResult').errorCode !== ERROR_IO_INCOMPLETE) return undefined;
        await new Promise<void>((resolve) => setTimeout(resolve, wait).unref());
      }
      return undefined;
    } finally {
      this.#pending = undefined;
    }
  }
}

/** Throws when the name is taken. */
function createPipe(name: string, security?: Struct): Handle {
  const access = (PIPE_ACCESS_OUTBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_OVERLAPPED) >>> 0;
  const value = kernel32().CreateNamedPipeW(
    wide(name),
    access,
    PIPE_REJECT_REMOTE_CLIENTS,
    1,
    BUFFER_BYTES,
    0,
    0,
    security?.bytes ?? null,
  );
  return checkedHandle('CreateNamedPipeW', value);
}
