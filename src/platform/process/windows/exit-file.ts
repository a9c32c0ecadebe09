/** The exit code of a process that ended while no server was there: a decimal number and a newline. */
import { renameSync, writeFileSync } from 'node:fs';
import { readExitFile } from '../exit-file.ts';
import type { ExitResult } from '../process.ts';

/** The exit recorder looks every 200 ms and may be busy: after this long it will not write any more. */
const TIMEOUT_MS = 2_000;
const LOOK_MS = 50;

export function writeExitFile(path: string, code: number): void {
  try {
    writeFileSync(`${path}.new`, `${code}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // The job's folder has been removed: the code is not needed any more.
  }
}

/** Waits a little for an exit recorder that has not written it yet. */
export async function awaitExitFile(path: string): Promise<ExitResult> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const result = readExitFile(path);
    if (result.known || waited >= TIMEOUT_MS) return result;
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
