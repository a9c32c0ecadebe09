/** Calls that write files of the machine. */
import type { FileEntry } from '../../protocol/files.ts';
import type { CopiedFiles, CopyJob, FilesDeleted, MovedFile } from '../../protocol/files/write.ts';
import type { Transport } from '../transport.ts';
import { which } from './which.ts';

interface Abortable {
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface WriteFileOptions extends Abortable {
  /** The version that is replaced: another one rejects with status 412. `none`: nothing may be there. Default: whatever is. */
  readonly version?: string;
  /** Whether missing folders above it are made. Default false. */
  readonly mkdirs?: boolean;
  /** Permission bits in octal, such as `0755`. Default: those of the old file, `0644` of a new one. */
  readonly mode?: string;
  /** When its content changed, Unix seconds. Default: now. */
  readonly modifiedAt?: number;
  /** SHA-256 that the bytes must have, in hexadecimal: others reject with status 400. Default: not checked. */
  readonly sha256?: string;
  /** Whether the file is written where it is rather than replaced, so that hard links keep up. Default false. */
  readonly inPlace?: boolean;
}

export interface AppendOptions extends Abortable {
  /** The size that the file must have, in bytes: another one rejects with status 409. Default: whichever. */
  readonly at?: number;
}

export interface MakeFolderOptions extends Abortable {
  /** Whether missing folders above it are made, and one that is there is fine. Default false. */
  readonly parents?: boolean;
  /** Permission bits in octal. Default `0755`. */
  readonly mode?: string;
}

export interface DeleteOptions extends Abortable {
  /** The path in base64, which counts in place of `path`, where names in it are no UTF-8. Default: none. */
  readonly pathBytes?: string | undefined;
  /** Whether a folder is removed with what is in it. Default false. */
  readonly recursive?: boolean;
  /** The version that is removed: another one rejects with status 412. Default: whatever is there. */
  readonly version?: string;
  /** Whether a missing one is fine. Default false: 404. */
  readonly missingOk?: boolean;
}

interface FromBytes {
  /** The path in base64, which counts in place of `from`, where names in it are no UTF-8. Default: none. */
  readonly fromBytes?: string | undefined;
}

export interface MoveOptions extends Abortable, FromBytes {
  /** Whether a file that is there is replaced, or an empty folder by a folder. Default false: 409. */
  readonly overwrite?: boolean;
  /** Whether missing folders above it are made. Default false. */
  readonly mkdirs?: boolean;
}

export interface CopyOptions extends Abortable, FromBytes {
  /** Whether a folder is copied with what is in it. Default false: 409. */
  readonly recursive?: boolean;
  /** As for a move. Default false. */
  readonly overwrite?: boolean;
  /** Whether what links lead to is copied in their place. Default false. */
  readonly follow?: boolean;
}

/** A stream is sent as it comes; it can be sent once, and its size is not known beforehand. */
export type FileBytes = string | Uint8Array | Blob | ReadableStream<Uint8Array>;

export function writeFile(
  transport: Transport,
  path: string,
  content: FileBytes,
  { version, mkdirs = false, mode, modifiedAt, sha256, inPlace = false, signal }: WriteFileOptions = {},
): Promise<FileEntry> {
  const search = new URLSearchParams({
    path,
    ...(mkdirs && { mkdirs: '1' }),
    ...(mode !== undefined && { mode }),
    ...(modifiedAt !== undefined && { modifiedAt: modifiedAt.toFixed(6) }),
    ...(inPlace && { inPlace: '1' }),
  });
  return transport.json({
    path: `/files?${search}`,
    method: 'PUT',
    headers: {
      ...(version === 'none' && { 'if-none-match': '*' }),
      ...(version !== undefined && version !== 'none' && { 'if-match': `"${version}"` }),
      ...(sha256 !== undefined && { 'content-digest': `sha-256=:${base64OfHex(sha256)}:` }),
    },
    bytes: sendableBytes(content),
    waitMs: Infinity,
    signal,
  });
}

export function appendFile(
  transport: Transport,
  path: string,
  content: FileBytes,
  { at, signal }: AppendOptions = {},
): Promise<FileEntry> {
  const search = new URLSearchParams({ path, ...(at !== undefined && { at: String(at) }) });
  return transport.json({
    path: `/files/append?${search}`,
    method: 'POST',
    bytes: sendableBytes(content),
    waitMs: Infinity,
    signal,
  });
}

export function makeFolder(
  transport: Transport,
  path: string,
  { parents = false, mode, signal }: MakeFolderOptions = {},
): Promise<FileEntry> {
  return transport.json({
    path: '/files/mkdir',
    method: 'POST',
    body: { path, parents, mode },
    repeatable: parents,
    signal,
  });
}

export async function deleteFile(
  transport: Transport,
  path: string,
  { recursive = false, version, missingOk = false, pathBytes, signal }: DeleteOptions = {},
): Promise<number> {
  const search = new URLSearchParams({
    ...which(path, pathBytes),
    ...(recursive && { recursive: '1' }),
    ...(missingOk && { missing: 'ok' }),
  });
  const { deleted } = await transport.json<FilesDeleted>({
    path: `/files?${search}`,
    method: 'DELETE',
    headers: version === undefined ? {} : { 'if-match': `"${version}"` },
    repeatable: missingOk,
    waitMs: Infinity,
    signal,
  });
  return deleted;
}

export function moveFile(
  transport: Transport,
  from: string,
  to: string,
  { signal, fromBytes, ...options }: MoveOptions = {},
): Promise<MovedFile> {
  return transport.json({
    path: '/files/move',
    method: 'POST',
    body: { ...source(from, fromBytes), to, ...options },
    waitMs: Infinity,
    signal,
  });
}

export function copyFile(
  transport: Transport,
  from: string,
  to: string,
  { signal, fromBytes, ...options }: CopyOptions = {},
): Promise<CopiedFiles | CopyJob> {
  const body = { ...source(from, fromBytes), to, ...options };
  return transport.json({ path: '/files/copy', method: 'POST', body, signal });
}

const source = (from: string, fromBytes: string | undefined) => (fromBytes === undefined ? { from } : { fromBytes });

export const sendableBytes = (content: FileBytes): Exclude<FileBytes, string> =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

const base64OfHex = (hex: string): string =>
  btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))));
