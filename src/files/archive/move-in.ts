/**
 * Moves what was unpacked into a folder that is there: first all is looked at, so that a refusal leaves everything as it was, then
 * each thing gets its place by a rename. A folder that is there already takes up what is in the other one.
 */
import { lstatSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { holdFolder, unlessHeld } from '../../platform/file-changes/index.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { realFolder } from '../../platform/machine-paths/read-folder.ts';
import { Pace } from '../list/pace.ts';
import type { Reach } from '../place.ts';
import { namesIn } from '../write/names-in.ts';
import type { Writing } from '../write/writing.ts';
import type { UnpackFailure } from './unpack-failure.ts';

interface Move {
  readonly from: RawPath;
  readonly to: RawPath;
  readonly replaces: boolean;
}

interface Plan {
  readonly moves: Move[];
  /** Folders that were there before, by name below the folder. */
  readonly merged: Set<RawPath>;
}

const { paths, forSystem, toText } = machinePaths;

/** The folders that were there before. Throws what the file system throws. */
export async function moveIn(
  writing: Writing,
  reach: Reach,
  staged: RawPath,
  folder: RawPath,
  overwrite: boolean,
): Promise<Result<ReadonlySet<RawPath>, UnpackFailure>> {
  const pace = new Pace();
  const plan: Plan = { moves: [], merged: new Set() };
  const left: RawPath[] = [''];
  // On macOS in other letter case.
  const real = realFolder(folder);
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    const looked = below === '' ? folder : paths.join(folder, below);
    for (const own of await namesIn(paths.join(staged, below))) {
      await pace.rest();
      const name = below === '' ? own : below + paths.sep + own;
      const from = paths.join(staged, name);
      const to = paths.join(folder, name);
      const decided = decide(writing, reach, { name, from, to, overwrite });
      if (!decided.ok) return decided;
      if (decided.value === 'merge') {
        plan.merged.add(name);
        left.push(name);
      } else plan.moves.push({ from, to, replaces: decided.value === 'replace' });
    }
    // What was looked at was in it: by one call, since looking at each folder above it takes the longer the deeper it is.
    if (real === undefined || realFolder(looked) !== real + looked.slice(folder.length))
      return fail({ reason: 'outside-roots' });
  }
  for (const { from, to, replaces } of plan.moves) {
    const holder = paths.dirname(to);
    // What holds it may have become a link meanwhile: held, it stays the one that was looked at.
    await using held = await holdFolder(holder);
    if (!reach.isStill({ shown: holder, path: holder }) || !(await held.isStill()))
      return fail({ reason: 'outside-roots' });
    using _lock = replaces ? await writing.locks.hold([to]) : undefined;
    const moved = await unlessHeld(() => rename(forSystem(from), held.at(paths.basename(to))));
    if (!moved.ok) return moved;
  }
  return ok(plan.merged);
}

interface Thing {
  readonly name: RawPath;
  readonly from: RawPath;
  readonly to: RawPath;
  readonly overwrite: boolean;
}

function decide(
  writing: Writing,
  reach: Reach,
  { name, from, to, overwrite }: Thing,
): Result<'new' | 'merge' | 'replace', UnpackFailure> {
  const there = statsAt(to);
  if (there === undefined) return ok('new');
  const isFolder = statsAt(from)?.isDirectory() === true;
  const text = toText(name);
  if (isFolder && there.isSymbolicLink())
    return fail({ reason: 'entry-refused', detail: `${JSON.stringify(text)} is a link where it is unpacked` });
  const place = { shown: to, path: to };
  if (reach.excludes(to, `${there.dev}:${there.ino}`)) return fail({ reason: 'outside-roots' });
  if (isFolder && there.isDirectory()) return ok('merge');
  const isReplaceable = there.isFile() || there.isSymbolicLink();
  if (isFolder || !isReplaceable || !overwrite) return fail({ reason: 'entry-exists', name: text });
  return writing.protectedPlaces.refusal(reach, place) ?? ok('replace');
}

const statsAt = (path: RawPath) => lstatSync(forSystem(path), { bigint: true, throwIfNoEntry: false });
