/** inotify(7), Linux alone. Opened on first use. */
import { dlopen, FFIType, read, type Library } from 'bun:ffi';

const SYMBOLS = {
  inotify_init1: { args: [FFIType.i32], returns: FFIType.i32 },
  inotify_add_watch: { args: [FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
  inotify_rm_watch: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  __errno_location: { args: [], returns: FFIType.ptr },
} as const;

type Inotify = Library<typeof SYMBOLS>['symbols'];

let opened: Inotify | undefined;

export function inotify(): Inotify {
  return (opened ??= openLibrary().symbols);
}

/** Why the last call of these has failed (errno(3)). */
export function errno(): number {
  const at = inotify().__errno_location();
  return at === null ? 0 : read.i32(at);
}

function openLibrary(): Library<typeof SYMBOLS> {
  try {
    return dlopen('libc.so.6', SYMBOLS);
  } catch {
    return dlopen(`libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`, SYMBOLS);
  }
}
