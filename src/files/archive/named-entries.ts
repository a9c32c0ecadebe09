/**
 * What has the given names below a folder, for an archive, in their order: each alone, a folder without what is in it. What is
 * below a link is not looked at. What cannot be read is named in an entry of its own at the end.
 */
import { fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { foundAt } from '../open-still.ts';
import type { Place, PlaceFailure, Reach } from '../place.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { entryAt, NOT_FOR_KEY, statsAt, WHY } from './entry-at.ts';
import { nameGiven, partsOf, type GivenName } from './entry-name.ts';
import { ReadErrors } from './read-errors.ts';
import { Unpackable } from './unpack-failure.ts';

const { paths } = machinePaths;

/** The same rules as for names in archives that come in. */
export function readNames(given: readonly GivenName[]): Result<RawPath[], PlaceFailure> {
  const names: RawPath[] = [];
  for (const one of given) {
    try {
      const parts = partsOf(nameGiven(one), 0);
      if (parts.length === 0) return fail({ reason: 'path-invalid', detail: 'a name is empty' });
      names.push(parts.join('/'));
    } catch (error) {
      if (!(error instanceof Unpackable) || error.failure.reason !== 'entry-refused') throw error;
      return fail({ reason: 'path-invalid', detail: `a name is refused: ${error.failure.detail}` });
    }
  }
  return ok(names);
}

/** `folder`: with links followed. `now`: Unix milliseconds, the time of the entry about what went wrong. */
export async function* namedEntriesOf(
  reach: Reach,
  folder: Place,
  names: Iterable<RawPath>,
  now: () => number,
): AsyncGenerator<ArchiveEntry> {
  const errors = new ReadErrors();
  // Names of one folder come after each other: it is looked at once.
  let looked: { readonly above: RawPath; readonly why: string | undefined } | undefined;
  for (const name of names) {
    const path = paths.join(folder.path, name);
    const above = paths.dirname(path);
    if (looked?.above !== above) looked = { above, why: whyNot(reach, path) };
    if (looked.why !== undefined) {
      errors.note(name, looked.why);
      continue;
    }
    const stats = await statsAt(path, name, errors);
    if (stats === undefined) continue;
    if (reach.excludes(path, `${stats.dev}:${stats.ino}`)) errors.note(name, NOT_FOR_KEY);
    else yield* entryAt(foundAt(reach, { shown: path, path }), name, stats, errors);
  }
  yield* errors.entries(now);
}

function whyNot(reach: Reach, path: RawPath): string | undefined {
  const place = reach.at(path, false);
  if (!place.ok) return WHY[place.failure.reason];
  return place.value.path === path ? undefined : 'it is below a link, which is not followed';
}
