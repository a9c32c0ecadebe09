/** Bytes written to an open file to the last one: a system may take a part of them at a time. */
import type { FileHandle } from 'node:fs/promises';

/** At where the file stands. Throws what the file system throws; how many were written by then is not told. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray((await file.write(rest)).bytesWritten);
}
