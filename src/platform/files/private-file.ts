/** Files that only their owner may use. */
import { closeSync, openSync } from 'node:fs';

/** Makes the file, for its owner alone, unless it is there: SQLite would make it readable for all. */
export function createPrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}
