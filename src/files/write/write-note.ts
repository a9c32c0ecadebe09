/** What is noted in the data folder before something is made elsewhere. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** With the folder that it is in. One that finds no room leaves nothing. Throws what the file system throws. */
export function writeNote(path: string, note: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, JSON.stringify(note), { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}
