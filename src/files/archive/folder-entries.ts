/**
 * What is in a folder, for an archive: folders before what is in them, names in the order of their bytes. Links stay links;
 * pipes, sockets and devices are never opened. What cannot be read, or changes while it is, is named in an entry of its own at
 * the end. One file is open at a time, and closed when the next entry is asked for or the reader leaves.
 */
import { lstatSync, type BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { holdFolder, walkTree } from '../../platform/file-changes/index.ts';
import type { TreeWalk } from '../../platform/file-changes/tree-walk.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { versionOf } from '../entry.ts';
import { linkTargetAt } from '../link-target.ts';
import type { Place, Reach } from '../place.ts';
import { openFound, type ReadableFile } from '../read.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { IgnoreRules } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { mayUseWith } from '../list/walk.ts';
import { wholeNamesIn } from '../write/whole-names-in.ts';

export const ERRORS_NAME = '.agent-server-errors.txt';
const MAX_ERRORS = 10_000;
const PIECE_BYTES = 256 * 1024;
const LOOKING = { bigint: true, throwIfNoEntry: false } as const;
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
  const told = errors.text();
  if (told.length > 0)
    yield {
      type: 'file',
      name: ERRORS_NAME,
      mode: 0o644,
      modifiedAt: now(),
      uid: 0,
      gid: 0,
      size: told.length,
      pieces: once(told),
    };
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
    const stats = await statsOf(here, name, errors);
    if (stats === undefined || at.rules?.ignores(path, stats.isDirectory()) === true) continue;
    const [ownText, text] = [toText(own), toText(name)];
    if (exclude.some((glob) => glob.matches(ownText, text, stats.isDirectory()))) continue;
    if (stats.isDirectory()) yield { type: 'folder', ...commonOf(name, stats) };
    if (reach.excludes(path, `${stats.dev}:${stats.ino}`)) {
      errors.note(name, NOT_FOR_KEY);
    } else if (stats.isDirectory()) {
      if (await isEntered(walk, own, name, errors))
        open.push({ path, name, left: await namesHere(name), rules: at.rules?.within(path) });
    } else if (stats.isSymbolicLink()) {
      const target = linkAt(here, name, errors);
      if (target !== undefined) yield { type: 'link', ...commonOf(name, stats), target };
    } else if (stats.isFile()) {
      const opened = await openFound({ at: here, isStill: () => walk.isStill() });
      if (!opened.ok) {
        errors.note(name, WHY[opened.failure.reason]);
        continue;
      }
      await using file = opened.value;
      yield { type: 'file', ...commonOf(name, stats), size: file.size, pieces: piecesOf(here, name, file, errors) };
    } else errors.note(name, 'it is a pipe, a socket or a device, which is not opened');
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

/** Exactly as many bytes as the file had when it was opened. */
async function* piecesOf(
  at: RawPath,
  name: RawPath,
  file: ReadableFile,
  errors: ReadErrors,
): AsyncGenerator<Uint8Array> {
  let why: string | undefined;
  let from = 0;
  while (from < file.size && why === undefined) {
    const wanted = Math.min(PIECE_BYTES, file.size - from);
    try {
      const piece = await file.bytes(from, from + wanted);
      if (piece.length < wanted) why = 'it became shorter while it was read, zeros are in place of what was gone';
      from += piece.length;
      if (piece.length > 0) yield piece;
    } catch (error) {
      why = `${whyIn(error)}, zeros are in place of what was left`;
    }
  }
  for (; from < file.size; from += PIECE_BYTES) yield new Uint8Array(Math.min(PIECE_BYTES, file.size - from));
  const after = why === undefined ? lstatSync(machinePaths.forSystem(at), LOOKING) : undefined;
  if (after !== undefined && versionOf(after) !== file.version) why = 'it changed while it was read';
  if (why !== undefined) errors.note(name, why);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

class ReadErrors {
  readonly #lines: string[] = [];
  #more = 0;

  note(name: RawPath, why: string): void {
    // A name may have a line break in it.
    if (this.#lines.length < MAX_ERRORS) this.#lines.push(`${JSON.stringify(toText(name))}: ${why}\n`);
    else this.#more += 1;
  }

  /** Empty where nothing went wrong. */
  text(): Uint8Array {
    const more = this.#more === 0 ? '' : `and ${this.#more} more\n`;
    return Buffer.from(this.#lines.join('') + more);
  }
}

const NOT_FOR_KEY = 'it is not to be read with this key';
const WHY = {
  'path-invalid': 'its path cannot be resolved',
  'outside-roots': NOT_FOR_KEY,
  'in-use': 'another program holds it',
  'not-permitted': 'the system does not let the user of the server read it',
  'not-found': 'it is gone, or not to be read with this key',
  'is-folder': 'it became a folder',
  'is-no-file': 'it is no file any more',
} as const;

const whyIn = (error: unknown): string => `the system does not let it be read (${codeOf(error) ?? 'unknown error'})`;

async function statsOf(path: RawPath, name: RawPath, errors: ReadErrors): Promise<BigIntStats | undefined> {
  try {
    return await lstat(machinePaths.forSystem(path), { bigint: true });
  } catch (error) {
    errors.note(name, whyIn(error));
    return undefined;
  }
}

function linkAt(path: RawPath, name: RawPath, errors: ReadErrors): RawPath | undefined {
  try {
    return linkTargetAt(path);
  } catch (error) {
    errors.note(name, whyIn(error));
    return undefined;
  }
}

const commonOf = (name: RawPath, { mode, mtimeNs, uid, gid }: BigIntStats) => ({
  name,
  mode: Number(mode & 0o7777n),
  modifiedAt: Number(mtimeNs / 1_000_000n),
  uid: Number(uid),
  gid: Number(gid),
});

const descending = (a: RawPath, b: RawPath): number => (a < b ? 1 : -1);
