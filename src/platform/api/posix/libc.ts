/** The calls of libc that neither Node's nor Bun's API has. Opened on first use: start-up does not pay for them. */
import { dlopen, FFIType, type Library } from 'bun:ffi';

const SYMBOLS = {
  mkfifo: { args: [FFIType.cstring, FFIType.u32], returns: FFIType.i32 },
  tcgetattr: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  tcsetattr: { args: [FFIType.i32, FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  cfmakeraw: { args: [FFIType.ptr], returns: FFIType.void },
  tcflow: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  poll: { args: [FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i32 },
  getrlimit: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  getsockname: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  getpeername: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  waitpid: { args: [FFIType.i32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
  shutdown: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
} as const;

type Libc = Library<typeof SYMBOLS>['symbols'];

let opened: Libc | undefined;

export function libc(): Libc {
  return (opened ??= openLibrary().symbols);
}

/** Makes a FIFO that its owner alone may use (0600). Throws where the file system refuses. */
export function makeFifo(path: string): void {
  const failed = libc().mkfifo(Buffer.from(`${path}\0`), 0o600) !== 0;
  if (failed) throw new Error(`cannot make the FIFO ${path}`);
}

function openLibrary(): Library<typeof SYMBOLS> {
  let last: unknown;
  for (const name of candidates()) {
    try {
      return dlopen(name, SYMBOLS);
    } catch (error) {
      last = error;
    }
  }
  throw new Error('no C library found', { cause: last });
}

function candidates(): string[] {
  if (process.platform === 'darwin') return ['libSystem.B.dylib'];
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return ['libc.so.6', `libc.musl-${machine}.so.1`];
}
