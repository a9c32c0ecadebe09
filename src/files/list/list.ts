/** One page of what is in a folder. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { entryOf, placeFailureIn, type FileEntry } from '../entry.ts';
import { sha256With } from '../hash.ts';
import type { Place, PlaceFailure, Reach } from '../place.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { Walk, type Found, type Skipped, type WalkOptions } from './walk.ts';

export interface ListOptions extends Omit<WalkOptions, 'after'> {
  /** What is told; folders are looked into all the same. Default: all. */
  readonly include: PathGlob | undefined;
  /** Entries. */
  readonly limit: number;
  /** Behind which path it begins. Default: at the beginning. */
  readonly after: RawPath | undefined;
  /** Whether files of up to 64 MiB are read for their hash. */
  readonly hash: boolean;
}

export interface Listing {
  readonly items: readonly (FileEntry & { readonly sha256?: string })[];
  /** The path behind which the next page begins; undefined: that was all. */
  readonly next: RawPath | undefined;
  readonly skipped: readonly Skipped[];
}

export type ListFailure = PlaceFailure | { readonly reason: 'is-no-folder' } | { readonly reason: 'cursor-invalid' };

const MAX_HASHED_BYTES = 64 * 1024 * 1024;
const { paths } = machinePaths;

/** Rejects with the reason of the signal once that is aborted. */
export async function listFolder(
  reach: Reach,
  place: Place,
  { include, limit, after, hash, ...options }: ListOptions,
  signal: AbortSignal,
): Promise<Result<Listing, ListFailure>> {
  const folder = entryOf(reach, place);
  if (!folder.ok) return folder;
  if (folder.value.type !== 'directory') return fail({ reason: 'is-no-folder' });
  const names = after === undefined ? [] : namesBelow(place.shown, after);
  if (names === undefined) return fail({ reason: 'cursor-invalid' });
  const walk = new Walk(reach, { ...options, after: names }, signal);
  const found: { readonly place: Place; readonly entry: FileEntry }[] = [];
  // What is found behind the last entry of a page is told with the next one.
  let skipped = 0;
  let more = false;
  try {
    pages: for await (const run of walk.runs(place)) {
      const wanted = include === undefined ? run : run.filter((one) => isWanted(include, one));
      const entries = wanted.flatMap((one) => entryIn(reach, walk, one));
      // They were looked at by their paths, which must have led where they lead now.
      const [first] = wanted;
      if (first !== undefined && !walk.isStill(parentOf(first.place))) continue;
      for (const one of entries) {
        more = found.length === limit;
        if (more) break pages;
        found.push(one);
        skipped = walk.skipped.length;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    return fail(placeFailureIn(error));
  }
  const items: Listing['items'][number][] = [];
  for (const { place: at, entry } of found) {
    const isHashed = hash && entry.type === 'file' && entry.size <= MAX_HASHED_BYTES;
    const sha256 = isHashed ? await sha256With(entry, reach, at, signal) : undefined;
    items.push(sha256?.ok === true && sha256.value !== undefined ? { ...entry, sha256: sha256.value } : entry);
  }
  return ok({
    items,
    next: more ? found.at(-1)?.place.shown : undefined,
    skipped: more ? walk.skipped.slice(0, skipped) : walk.skipped,
  });
}

const isWanted = (include: PathGlob, { name, relative, type }: Found): boolean =>
  include.matches(machinePaths.toText(name), machinePaths.toText(relative), type === 'directory');

/** None where it has gone, or nobody may look at it. */
function entryIn(reach: Reach, walk: Walk, { place }: Found): { place: Place; entry: FileEntry }[] {
  try {
    const entry = entryOf(reach, place);
    if (entry.ok) return [{ place, entry: entry.value }];
    const { failure } = entry;
    if (failure.reason === 'not-permitted') walk.skipped.push({ shown: place.shown, code: failure.code });
  } catch (error) {
    walk.skip(place.shown, error);
  }
  return [];
}

const parentOf = ({ shown, path }: Place): Place => ({ shown: paths.dirname(shown), path: paths.dirname(path) });

/** Undefined where the path is none of what is in that folder. */
function namesBelow(folder: RawPath, path: RawPath): readonly RawPath[] | undefined {
  const way = paths.relative(folder, path);
  const names = way.split(paths.sep);
  return way === '' || names[0] === '..' || paths.isAbsolute(way) ? undefined : names;
}
