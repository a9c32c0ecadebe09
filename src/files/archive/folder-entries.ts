/**
 * What is in a folder, for an archive: folders before what is in them, names in the order of their bytes. Links stay links;
 * pipes, sockets and devices are never opened. What cannot be read, or changes while it is, is named in an entry of its own at
 * the end. One file is open at a time, and closed when the next entry is asked for or the reader leaves.
 */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Place, Reach } from '../place.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { entryAt, statsAt } from './entry-at.ts';
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
  { exclude, ignore }: LeftOut,
  now: () => number,
): AsyncGenerator<ArchiveEntry> {
  const errors = new ReadErrors();
  const open: OpenFolder[] = [];
  const enter = async (path: RawPath, name: RawPath, rules: IgnoreRules | undefined) => {
    try {
      // What it costs grows with the depth, and whoever may use all of it goes nowhere else.
      if (reach.isBounded && !reach.isStill({ shown: path, path }))
        return errors.note(name, 'it is not to be read with this key');
      open.push({ path, name, left: (await wholeNamesIn(path)).toSorted(descending), rules });
    } catch (error) {
      errors.note(name, whyIn(error));
    }
  };
  await enter(folder.path, '', ignore ? IgnoreRules.of(folder.path, mayUseWith(reach)) : undefined);
  for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
    const own = at.left.pop();
    if (own === undefined) {
      open.pop();
      continue;
    }
    const path = paths.join(at.path, own);
    const name = at.name === '' ? own : `${at.name}/${own}`;
    const stats = await statsAt({ path, name }, errors);
    if (stats === undefined || at.rules?.ignores(path, stats.isDirectory()) === true) continue;
    const [ownText, text] = [toText(own), toText(name)];
    if (exclude.some((glob) => glob.matches(ownText, text, stats.isDirectory()))) continue;
    yield* entryAt(reach, { path, name }, stats, errors);
    if (stats.isDirectory()) await enter(path, name, at.rules?.within(path));
  }
  yield* errors.entries(now);
}

const descending = (a: RawPath, b: RawPath): number => (a < b ? 1 : -1);
