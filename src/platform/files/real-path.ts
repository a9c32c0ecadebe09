/** A path with its symbolic links resolved, so that one place has one name. */
import { realpathSync } from 'node:fs';

/** The path itself where it leads nowhere yet. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
