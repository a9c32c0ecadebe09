/** Whether a path leads to a folder. */
import { statSync } from 'node:fs';

/** False also for a path that cannot be looked at. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
