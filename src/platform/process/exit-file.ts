/** The exit code in a file, for a server that was not there to see the exit. POSIX: the job's own shell writes it. */
import { readFileSync } from 'node:fs';
import type { ExitResult } from './process.ts';

export function readExitFile(path: string): ExitResult {
  try {
    const text = readFileSync(path, 'latin1').trim();
    if (/^\d{1,10}$/.test(text)) return { known: true, code: Number(text) };
  } catch {
    // Not there: it was killed before it could write, or the disk was full.
  }
  return { known: false };
}
