/** What is said of a file: what it is, and which version of it this is. */
import { accessSync, constants, lstatSync, type BigIntStats } from 'node:fs';
import { codeOf, fail, ok, type Result } from '../core/failure.ts';
import { ownersOf } from '../platform/files/index.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import { linkTargetAt } from './link-target.ts';
import type { Place, PlaceFailure, Reach } from './place.ts';

export type FileType = 'file' | 'directory' | 'symlink' | 'other';

/** Times are Unix milliseconds. */
export interface FileEntry {
  readonly path: string;
  readonly name: string;
  /** The name where it is no text. */
  readonly nameBytes?: Uint8Array;
  readonly type: FileType;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedAt: number;
  /** Undefined where the file system does not note it. */
  readonly createdAt: number | undefined;
  readonly owner: string | undefined;
  readonly group: string | undefined;
  readonly readonly: boolean;
  readonly hidden: boolean;
  /** Where the link says that it leads. */
  readonly target?: string;
  /** What is there; absent where nothing is, or nothing that the caller may use. */
  readonly targetType?: FileType;
  readonly version: string;
}

export function entryOf(reach: Reach, { shown, path }: Place): Result<FileEntry, PlaceFailure> {
  try {
    const stats = lstatSync(machinePaths.forSystem(path), { bigint: true });
    const type = typeOf(stats);
    const name = machinePaths.paths.basename(shown);
    const nameBytes = machinePaths.untextualBytes(name);
    const created = Number(stats.birthtimeNs / 1_000_000n);
    return ok({
      path: machinePaths.toText(withoutSlash(shown)),
      name: machinePaths.toText(name),
      ...(nameBytes !== undefined && { nameBytes }),
      type,
      size: Number(stats.size),
      mode: Number(stats.mode & 0o7777n),
      modifiedAt: Number(stats.mtimeNs / 1_000_000n),
      createdAt: created === 0 ? undefined : created,
      ...ownersOf(stats),
      readonly: type !== 'symlink' && !isWritable(path),
      hidden: machinePaths.isHidden(path),
      ...(type === 'symlink' && linkOf(reach, path)),
      version: versionOf(stats),
    });
  } catch (error) {
    return fail(placeFailureIn(error));
  }
}

/** Of the file as it is now: none has two contents under one version, as far as the file system's clock tells. */
export const versionOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [ino, size, mtimeNs, ctimeNs].map((part) => part.toString(16)).join('-');

/** A file of /proc or /sys, or a disk, that says no. */
export type Unreadable = { readonly reason: 'unreadable'; readonly code: string };

/** Throws what is none. */
export function placeFailureIn(error: unknown): PlaceFailure {
  const failure = knownFailureIn(error);
  if (failure === undefined) throw error;
  return failure;
}

/** The same where a file is read. */
export const readFailureIn = (error: unknown): PlaceFailure | Unreadable =>
  knownFailureIn(error) ?? unreadableIn(error);

/** Throws what is no answer of a file: a lack of memory or of handles is the server's own. */
export function unreadableIn(error: unknown): Unreadable {
  const code = codeOf(error);
  if (code === undefined || ['ENOMEM', 'EMFILE', 'ENFILE'].includes(code)) throw error;
  return { reason: 'unreadable', code };
}

function knownFailureIn(error: unknown): PlaceFailure | undefined {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { reason: 'not-found' };
  if (code === 'EACCES' || code === 'EPERM') return { reason: 'not-permitted', code };
  // Windows: another program has it open, and lets nobody else in.
  if (code === 'EBUSY') return { reason: 'in-use' };
  if (code === 'ENAMETOOLONG' || code === 'ELOOP')
    return { reason: 'path-invalid', detail: `path cannot be resolved (${code})` };
  return undefined;
}

const typeOf = (stats: BigIntStats): FileType =>
  stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'other';

function linkOf(reach: Reach, path: string): Pick<FileEntry, 'target' | 'targetType'> {
  const target = machinePaths.toText(linkTargetAt(path));
  const there = reach.at(path, true);
  const stats = there.ok ? statsAt(there.value.path) : undefined;
  return { target, ...(stats !== undefined && { targetType: typeOf(stats) }) };
}

function statsAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(machinePaths.forSystem(path), { bigint: true });
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(machinePaths.forSystem(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function withoutSlash(path: string): string {
  const { paths } = machinePaths;
  return path.endsWith(paths.sep) && path.length > paths.parse(path).root.length ? path.slice(0, -1) : path;
}
