/** Copies one file to where nothing is: as a reflink where the file system has those, else piece by piece. */
import { constants, type BigIntStats } from 'node:fs';
import { copyFile, lstat, open, rm, type FileHandle } from 'node:fs/promises';
import { codeOf, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { versionOf } from '../entry.ts';
import { openStill, type FoundFile } from '../open-still.ts';
import type { Room } from './room.ts';
import type { WriteFailure } from './write-failure.ts';
import { writeWhole } from '../../platform/files/write-whole.ts';

export interface CopyWatch {
  /** Ends the copy: what was not copied yet stays so. */
  readonly signal: AbortSignal;
  /** Whether so many bytes may still be written in that folder; asked before they are. */
  readonly roomRefusal: (folder: RawPath, bytes: number) => ReturnType<Room['refusal']>;
  /** Whether each file is on the disk before the next one is begun. */
  readonly sync: boolean;
  /** Told of bytes as they are copied. */
  readonly copied: (bytes: number) => void;
}

const PIECE_BYTES = 1024 * 1024;
const MAKING = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PRIVATE = 0o600;
const { paths, forSystem } = machinePaths;

/** Mode and times are kept. Throws what the file system throws, and the reason of the signal. */
export async function copyRegular(
  from: FoundFile,
  to: RawPath,
  watch: CopyWatch,
): Promise<Result<undefined, WriteFailure>> {
  const opened = await openStill(from);
  if (!opened.ok) return opened;
  await using source = opened.value;
  const stats = await source.stat({ bigint: true });
  if (await isReflinked(from, to, stats)) {
    watch.copied(Number(stats.size));
    await using copy = await open(forSystem(to), constants.O_RDWR | constants.O_NOFOLLOW);
    await makeAlike(copy, stats);
    if (watch.sync) await copy.sync();
    return ok(undefined);
  }
  await using copy = await open(forSystem(to), MAKING, PRIVATE);
  const piece = new Uint8Array(PIECE_BYTES);
  for (;;) {
    watch.signal.throwIfAborted();
    const { bytesRead } = await source.read(piece, 0, piece.length, null);
    if (bytesRead === 0) break;
    const full = await watch.roomRefusal(paths.dirname(to), bytesRead);
    if (full !== undefined) return full;
    await writeWhole(copy, piece.subarray(0, bytesRead));
    watch.copied(bytesRead);
  }
  await makeAlike(copy, stats);
  if (watch.sync) await copy.sync();
  return ok(undefined);
}

/** It copies by name: whether that was the file that is open shows afterwards. */
async function isReflinked(from: FoundFile, to: RawPath, stats: BigIntStats): Promise<boolean> {
  try {
    await copyFile(forSystem(from.at), forSystem(to), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch {
    await rm(forSystem(to), { force: true });
    return false;
  }
  const after = await lstat(forSystem(from.at), { bigint: true });
  if (from.isStill() && versionOf(after) === versionOf(stats)) return true;
  throw Object.assign(new Error('the file has changed while it was copied'), { code: 'ENOENT' });
}

async function makeAlike(copy: FileHandle, stats: BigIntStats): Promise<void> {
  await copy.chmod(Number(stats.mode) & 0o777);
  try {
    await copy.utimes(...timesOf(stats));
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

/** When it was read and written, in seconds. */
export const timesOf = ({ atimeNs, mtimeNs }: Pick<BigIntStats, 'atimeNs' | 'mtimeNs'>): [number, number] => [
  Number(atimeNs) / 1e9,
  Number(mtimeNs) / 1e9,
];
