import { statSync } from 'node:fs';

/** Whether the path leads to a folder; what cannot be looked at is none. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
