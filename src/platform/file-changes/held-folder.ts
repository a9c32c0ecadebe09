/**
 * A folder that stays the same one while names in it are used, whatever becomes of its path: who checks a path and then removes or
 * moves what is there must not be led elsewhere by a link that was put there in between.
 */
import { constants, existsSync, lstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { RawPath } from '../machine-paths/machine-paths.ts';

export interface HeldFolder extends AsyncDisposable {
  /** As long as it is held. */
  readonly path: RawPath;
  /** What calls of the file system take for a name in it. */
  at(name: RawPath): string | Buffer;
  /** Whether its path still leads to it, and not over a link at its end. */
  isStill(): Promise<boolean>;
}

const bytesOf = (path: RawPath): Buffer => Buffer.from(path, 'latin1');

/** By its descriptor, where the system has names for these (Linux); else by its path. Throws what the file system throws. */
export async function holdPosixFolder(path: RawPath): Promise<HeldFolder> {
  const folder = await open(bytesOf(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const byDescriptor = `/proc/self/fd/${folder.fd}`;
  const base = existsSync(byDescriptor) ? byDescriptor : path;
  return {
    path: base,
    at: (name) => bytesOf(`${base}/${name}`),
    async isStill() {
      const opened = await folder.stat({ bigint: true });
      const named = lstatSync(bytesOf(path), { bigint: true, throwIfNoEntry: false });
      return named !== undefined && named.dev === opened.dev && named.ino === opened.ino;
    },
    [Symbol.asyncDispose]: () => folder.close(),
  };
}
