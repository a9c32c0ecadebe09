/** One search for names: what a listing of all folders would have, and of it what a glob matches. */
import type { Clock } from '../../core/clock.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { Walk, type Found, type WalkOptions } from '../list/walk.ts';
import type { Place, Reach } from '../place.ts';
import type { SearchDone } from './search-text.ts';

export interface NameSearch extends Pick<WalkOptions, 'exclude' | 'ignore' | 'hidden'> {
  readonly name: PathGlob;
  readonly limit: number;
  readonly timeoutMs: number;
}

/** `sink` is waited for. Rejects with the reason of the signal, with what `sink` does, and where the folder cannot be read. */
export async function searchNames(
  reach: Reach,
  place: Place,
  { name, limit, timeoutMs, ...options }: NameSearch,
  sink: (found: Found) => void | Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<SearchDone> {
  const over = new AbortController();
  const leave = () => over.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  let timedOut = false;
  using _limit = clock.after(timeoutMs, () => {
    timedOut = true;
    over.abort();
  });
  let matches = 0;
  try {
    for await (const run of new Walk(reach, { ...options, depth: Infinity }, over.signal).runs(place))
      for (const found of run) {
        if (
          !name.matches(
            machinePaths.toText(found.name),
            machinePaths.toText(found.relative),
            found.type === 'directory',
          )
        )
          continue;
        if (matches === limit) return { matches, files: matches, more: true, timedOut };
        matches += 1;
        await sink(found);
      }
  } catch (error) {
    signal.throwIfAborted();
    if (!timedOut) throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
  return { matches, files: matches, more: false, timedOut };
}
