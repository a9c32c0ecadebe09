/**
 * What is in a folder, for an archive: folders before what is in them, names in the order of their bytes. Links stay links;
 * pipes, sockets and devices are never opened. What cannot be read, or changes while it is, is named in an entry of its own at
 * the end. One file is open at a time, and closed when the next entry is asked for or the reader leaves.
 */
import { codeOf } from '../../core/failure.ts';
import { holdFolder, walkTree } from '../../platform/file-changes/index.ts';
import type { TreeWalk } from '../../platform/file-changes/tree-walk.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Place, Reach } from '../place.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { entryAt, NOT_FOR_KEY, statsAt } from './entry-at.ts';
import { ReadErrors, whyIn } from './read-errors.ts';
import { IgnoreRules } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { mayUseWith } from '../list/walk.ts';
import { wholeNamesIn } from '../write/whole-names-in.ts';

const { paths, toText } = machinePaths;

/** What does not get into it, and is not looked into. */
export interface LeftOut {
  readonly exclude: readonly PathGlob[];
  /** Whether .gitignore files count; then `.git` is out, too. */
  readonly ignore: boolean;
}

interface OpenFolder {
  /** The real one. */
  readonly path: RawPath;
  readonly name: RawPath;
  /** The last one comes first. */
  readonly left: RawPath[];
  readonly rules: IgnoreRules | undefined;
}

/** `now`: Unix milliseconds, the time of the entry about what went wrong. */
export async function* entriesOf(
  reach: Reach,
  folder: Place,
  leftOut: LeftOut,
  now: () => number,
): AsyncGenerator<ArchiveEntry> {
  const errors = new ReadErrors();
  try {
    await using walk = await walkFrom(reach, folder);
    yield* entriesBelow(reach, folder, walk, leftOut, errors);
  } catch (error) {
    // Its folder, or one in it, has gone to another place while it was read, and what was left with it.
    if (codeOf(error) === undefined) throw error;
    errors.note('', whyIn(error));
  }
  yield* errors.entries(now);
}

async function walkFrom(reach: Reach, { path, shown }: Place): Promise<TreeWalk> {
  const name = paths.basename(path);
  await using holder = await holdFolder(paths.dirname(path));
  // The root of a drive or of all is in no other folder.
  const walk = await walkTree(name === '' ? path : paths.join(holder.path, name));
  if (reach.isStill({ path, shown }) && (await holder.isStill())) return walk;
  await walk[Symbol.asyncDispose]();
  throw Object.assign(new Error('the folder has gone'), { code: 'ENOENT' });
}

async function* entriesBelow(
  reach: Reach,
  folder: Place,
  walk: TreeWalk,
  { exclude, ignore }: LeftOut,
  errors: ReadErrors,
): AsyncGenerator<ArchiveEntry> {
  const open: OpenFolder[] = [];
  const namesHere = async (name: RawPath): Promise<RawPath[]> => {
    try {
      const names = await wholeNamesIn(walk.here);
      if (!reach.isBounded || walk.isStill()) return names.toSorted(descending);
      errors.note(name, NOT_FOR_KEY);
    } catch (error) {
      errors.note(name, whyIn(error));
    }
    return [];
  };
  const rules = ignore ? IgnoreRules.of(folder.path, mayUseWith(reach)) : undefined;
  open.push({ path: folder.path, name: '', left: await namesHere(''), rules });
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const own = at.left.pop();
    if (own === undefined) {
      open.pop();
      if (open.length > 0) await walk.up();
      continue;
    }
    const path = paths.join(at.path, own);
    const name = at.name === '' ? own : `${at.name}/${own}`;
    const here = walk.at(own);
    const stats = await statsAt(here, name, errors);
    if (stats === undefined || at.rules?.ignores(path, stats.isDirectory()) === true) continue;
    const [ownText, text] = [toText(own), toText(name)];
    if (exclude.some((glob) => glob.matches(ownText, text, stats.isDirectory()))) continue;
    const isExcluded = reach.excludes(path, `${stats.dev}:${stats.ino}`);
    if (stats.isDirectory() || !isExcluded)
      yield* entryAt({ at: here, isStill: () => walk.isStill() }, name, stats, errors);
    if (isExcluded) errors.note(name, NOT_FOR_KEY);
    else if (stats.isDirectory() && (await isEntered(walk, own, name, errors)))
      open.push({ path, name, left: await namesHere(name), rules: at.rules?.within(path) });
  }
}

async function isEntered(walk: TreeWalk, own: RawPath, name: RawPath, errors: ReadErrors): Promise<boolean> {
  try {
    await walk.down(own);
    return true;
  } catch (error) {
    errors.note(name, whyIn(error));
    return false;
  }
}

const descending = (a: RawPath, b: RawPath): number => (a < b ? 1 : -1);
