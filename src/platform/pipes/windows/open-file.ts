/** Files and pipes, opened by name, that a child inherits as its stdout, stderr or stdin. */
import { win32 } from 'node:path';
import { checkedHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct, wide } from '../../api/windows/memory.ts';

const FILE_APPEND_DATA = 0x4;
const FILE_READ_ATTRIBUTES = 0x80;
const GENERIC_READ = 0x8000_0000;
const GENERIC_WRITE = 0x4000_0000;
const SYNCHRONIZE = 0x10_0000;
const SHARE_ALL = 0x7;
const OPEN_EXISTING = 3;
const OPEN_ALWAYS = 4;
const FILE_ATTRIBUTE_NORMAL = 0x80;
/** From here on a path needs the `\\?\` form: MAX_PATH less room for a short file name. */
const LONG_PATH = 248;

/**
 * Append rights without write rights: the file system itself puts every write at the end, so that the
 * shell and what it left in the background cannot overwrite each other. Shared for reading, and for
 * deletion, so that a job's folder can be cleared while a process that was left behind still has it open.
 */
export function openForAppend(path: string): Handle {
  return open(path, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, OPEN_ALWAYS);
}

export function openForRead(path: string): Handle {
  return open(path, GENERIC_READ, OPEN_EXISTING);
}

/** The client's end of a pipe. */
export function openForWrite(path: string): Handle {
  return open(path, GENERIC_WRITE | FILE_READ_ATTRIBUTES, OPEN_EXISTING);
}

/** Output that is discarded. */
export function openNull(): Handle {
  return open('NUL', FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, OPEN_EXISTING);
}

/** Input that ends at once. */
export function openNullForRead(): Handle {
  return openForRead('NUL');
}

function open(path: string, access: number, disposition: number): Handle {
  const name = path.length < LONG_PATH ? path : win32.toNamespacedPath(path);
  const value = kernel32().CreateFileW(
    wide(name),
    access >>> 0,
    SHARE_ALL,
    inheritable().bytes,
    disposition,
    FILE_ATTRIBUTE_NORMAL,
    0,
  );
  return checkedHandle('CreateFileW', value);
}

/** SECURITY_ATTRIBUTES with nothing but bInheritHandle. */
function inheritable(): Struct {
  return new Struct(24).setU32(0, 24).setU32(16, 1);
}
