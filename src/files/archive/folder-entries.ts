/**
 * What is in a folder, for an archive: folders before what is in them, names in the order of their bytes. Links stay links;
 * pipes, sockets and devices are never opened. What cannot be read, or changes while it is, is named in an entry of its own at
 * the end. One file is open at a time, and closed when the next entry is asked for or the reader leaves.
 */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { entryOf } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { openForReading, type ReadableFile } from '../read.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { IgnoreRules } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { mayUseWith } from '../list/walk.ts';
import { wholeNamesIn } from '../write/whole-names-in.ts';

export const ERRORS_NAME = '.agent-server-errors.txt';
const MAX_ERRORS = 10_000;
const PIECE_BYTES = 256 * 1024;
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
    const stats = await statsOf(path, name, errors);
    if (stats === undefined || at.rules?.ignores(path, stats.isDirectory()) === true) continue;
    const [ownText, text] = [toText(own), toText(name)];
    if (exclude.some((glob) => glob.matches(ownText, text, stats.isDirectory()))) continue;
    if (stats.isDirectory()) {
      yield { type: 'folder', ...commonOf(name, stats) };
      await enter(path, name, at.rules?.within(path));
    } else if (stats.isSymbolicLink()) {
      const target = linkAt(path, name, errors);
      if (target !== undefined) yield { type: 'link', ...commonOf(name, stats), target };
    } else if (stats.isFile()) {
      const opened = await openForReading(reach, { shown: path, path });
      if (!opened.ok) {
        errors.note(name, WHY[opened.failure.reason]);
        continue;
      }
      await using file = opened.value;
      const pieces = piecesOf(reach, { shown: path, path }, name, file, errors);
      yield { type: 'file', ...commonOf(name, stats), size: file.size, pieces };
    } else errors.note(name, 'it is a pipe, a socket or a device, which is not opened');
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

/** Exactly as many bytes as the file had when it was opened. */
async function* piecesOf(
  reach: Reach,
  place: Place,
  name: RawPath,
  file: ReadableFile,
  errors: ReadErrors,
): AsyncGenerator<Uint8Array> {
  let why: string | undefined;
  let at = 0;
  while (at < file.size && why === undefined) {
    const wanted = Math.min(PIECE_BYTES, file.size - at);
    try {
      const piece = await file.bytes(at, at + wanted);
      if (piece.length < wanted) why = 'it became shorter while it was read, zeros are in place of what was gone';
      at += piece.length;
      if (piece.length > 0) yield piece;
    } catch (error) {
      why = `${whyIn(error)}, zeros are in place of what was left`;
    }
  }
  for (; at < file.size; at += PIECE_BYTES) yield new Uint8Array(Math.min(PIECE_BYTES, file.size - at));
  if (why === undefined) {
    const after = entryOf(reach, place);
    if (after.ok && after.value.version !== file.version) why = 'it changed while it was read';
  }
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

const WHY = {
  'path-invalid': 'its path cannot be resolved',
  'outside-roots': 'it is not to be read with this key',
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
    return machinePaths.readLink(path);
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
