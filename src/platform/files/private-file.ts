/** Files that only their owner may use. */
import { chmodSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { close } from './close.ts';

/** Makes the file, for its owner alone, unless it is there: SQLite would make it readable for all. */
export function createPrivate(path: string): void {
  close(openSync(path, 'a', 0o600));
}

/**
 * Writes a whole file, and the folder around it where there is none. Beside and renamed: a crash leaves the old text or the
 * new one, and a file that others could read has the secret in it at no moment.
 */
export function replacePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  // One of that name may have been left behind, with another mode.
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}
