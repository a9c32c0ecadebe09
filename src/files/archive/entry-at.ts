/**
 * What is at one path, as an entry of an archive. Links stay links; pipes, sockets and devices are never opened. Its file is open
 * until the next entry is asked for or the reader leaves.
 */
import { lstatSync, type BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { versionOf } from '../entry.ts';
import { linkTargetAt } from '../link-target.ts';
import type { FoundFile } from '../open-still.ts';
import { openFound, type ReadableFile } from '../read.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { whyIn, type ReadErrors } from './read-errors.ts';

const PIECE_BYTES = 256 * 1024;
const LOOKING = { bigint: true, throwIfNoEntry: false } as const;

export const NOT_FOR_KEY = 'it is not to be read with this key';

export const WHY = {
  'path-invalid': 'its path cannot be resolved',
  'outside-roots': NOT_FOR_KEY,
  'in-use': 'another program holds it',
  'not-permitted': 'the system does not let the user of the server read it',
  'not-found': 'it is gone, or not to be read with this key',
  'is-folder': 'it became a folder',
  'is-no-file': 'it is no file any more',
  unreadable: 'the system does not let it be read',
} as const;

/** Undefined where nothing can be said of it, which is noted. */
export async function statsAt(path: RawPath, name: RawPath, errors: ReadErrors): Promise<BigIntStats | undefined> {
  try {
    return await lstat(machinePaths.forSystem(path), { bigint: true });
  } catch (error) {
    errors.note(name, whyIn(error));
    return undefined;
  }
}

/** One, or none where it cannot be read, which is noted. */
export async function* entryAt(
  found: FoundFile,
  name: RawPath,
  stats: BigIntStats,
  errors: ReadErrors,
): AsyncGenerator<ArchiveEntry> {
  const common = {
    name,
    mode: Number(stats.mode & 0o7777n),
    modifiedAt: Number(stats.mtimeNs / 1_000_000n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  };
  if (stats.isDirectory()) yield { type: 'folder', ...common };
  else if (stats.isSymbolicLink()) {
    const target = linkAt(found.at, name, errors);
    if (target !== undefined) yield { type: 'link', ...common, target };
  } else if (stats.isFile()) {
    const opened = await openFound(found);
    if (!opened.ok) return errors.note(name, WHY[opened.failure.reason]);
    await using file = opened.value;
    yield { type: 'file', ...common, size: file.size, pieces: piecesOf(found.at, name, file, errors) };
  } else errors.note(name, 'it is a pipe, a socket or a device, which is not opened');
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

function linkAt(path: RawPath, name: RawPath, errors: ReadErrors): RawPath | undefined {
  try {
    return linkTargetAt(path);
  } catch (error) {
    errors.note(name, whyIn(error));
    return undefined;
  }
}
