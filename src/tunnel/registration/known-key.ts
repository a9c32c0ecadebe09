/**
 * The key that a dashboard still knows, kept while it is not told of the one after a rotation: without it a server that
 * was started again could not prove who it is, and would need a new code. `registration.json` in the data folder (0600):
 *
 *     {"format":1,"dashboard":"https://…","key":"…"}
 *
 * The key is none of this server any more, and the file is gone when the dashboard knows the new one.
 */
import { join } from 'node:path';
import type { DurableFiles } from '../../platform/files/durable-files.ts';

export interface KnownKey {
  /** Undefined where none is kept for this dashboard, or it cannot be read. */
  read(): string | undefined;
  /** Keeps the one that the dashboard knows, unless that is the one of this server. Throws what the file system throws. */
  keep(known: string, current: string): void;
}

const FORMAT = 1;
const NAME = 'registration.json';

export function knownKeyIn(files: DurableFiles, folder: string, dashboard: string): KnownKey {
  const path = join(folder, NAME);
  return {
    read() {
      try {
        const stored = JSON.parse(files.read(path) ?? 'null') as Readonly<Record<string, unknown>> | null;
        // Another dashboard must not get the key that this one knows.
        if (stored?.['format'] !== FORMAT || stored['dashboard'] !== dashboard) return undefined;
        return typeof stored['key'] === 'string' ? stored['key'] : undefined;
      } catch {
        return undefined;
      }
    },
    keep(known, current) {
      if (known === current) files.remove(path);
      else files.write(path, `${JSON.stringify({ format: FORMAT, dashboard, key: known })}\n`);
    },
  };
}
