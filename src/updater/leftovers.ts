/**
 * Files of earlier updates. Windows removes none that a program runs from, and one that has just been killed may take a
 * moment to go: what is in use now is looked at again, less and less often, until nothing is left.
 */
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/failure.ts';
import type { Installation } from './installation.ts';
import { readRecord } from './record.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 3_600_000;

/** `lock`: undefined while somebody updates this executable, whose files are then left alone. */
export function removeLeftovers(
  installation: Installation,
  lock: () => Disposable | undefined,
  clock: Clock,
): Disposable {
  const { log } = installation;
  let timer: Disposable | undefined;
  const look = (nextMs: number): void => {
    try {
      using held = lock();
      const inUse = held === undefined ? ['not looked at'] : sweep(installation);
      if (inUse.length === 0) return;
      if (nextMs === FIRST_MS && held !== undefined)
        log.info('files of earlier updates are still in use', { files: inUse.join(', ') });
    } catch (error) {
      log.info('files of earlier updates cannot be looked for', { detail: messageOf(error) });
    }
    timer = clock.after(nextMs, () => look(Math.min(nextMs * 2, LONGEST_MS)));
  };
  look(FIRST_MS);
  return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}

/** Removes what nothing runs from any more; the names of what it could not remove. Call it with the lock. */
export function sweep({ files, place }: Installation): readonly string[] {
  const { trial } = readRecord(files, place);
  return files.list(place.folder).filter((name) => {
    const version = place.versionOfOld(name);
    const isLeftover = place.isLeftover(name) || (version !== undefined && version !== trial?.previous);
    if (!isLeftover) return false;
    try {
      files.remove(join(place.folder, name));
      return false;
    } catch {
      return true;
    }
  });
}
