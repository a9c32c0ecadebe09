/** Calls about folders as archives. */
import type { ArchiveRequest, FilesUnpacked } from '../../protocol/files/archive.ts';
import type { Transport } from '../transport.ts';
import { sendableBytes, type FileBytes } from './write.ts';

interface Abortable {
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface ArchiveOptions extends Abortable {
  /** Default `tar`. A zip is stored, not compressed. */
  readonly format?: 'tar' | 'tar.gz' | 'zip';
  /** Globs of what is left out, 100 at most; a folder that is, is not looked into. Default: none. */
  readonly exclude?: readonly string[];
  /** `git` leaves out what .gitignore files name, and `.git`. Default `none`. */
  readonly ignore?: 'git' | 'none';
}

export interface UnpackOptions extends Abortable {
  /** Default `tar`. */
  readonly format?: 'tar' | 'tar.gz' | 'zip';
  /** Whether files and links that are there are replaced. Default false: the whole is refused with status 409. */
  readonly overwrite?: boolean;
  /** How many leading parts of each name are left out, 0 to 100. Default 0. */
  readonly strip?: number;
  /** Whether folders that are there get the modes and times of the archive, too. Default false: only new ones. */
  readonly folders?: boolean;
}

export function readArchive(
  transport: Transport,
  path: string,
  { exclude = [], signal, ...texts }: ArchiveOptions,
): Promise<Response> {
  const search = new URLSearchParams({ path, ...texts });
  for (const glob of exclude) search.append('exclude', glob);
  return transport.stream({ path: `/files/archive?${search}`, repeatable: true, signal });
}

export function readNamesAsArchive(
  transport: Transport,
  request: ArchiveRequest,
  { signal }: Abortable,
): Promise<Response> {
  return transport.stream({ path: '/files/archive', method: 'POST', body: request, repeatable: true, signal });
}

export function unpackArchive(
  transport: Transport,
  path: string,
  archive: FileBytes,
  { format, overwrite = false, folders = false, strip, signal }: UnpackOptions,
): Promise<FilesUnpacked> {
  const search = new URLSearchParams({
    path,
    ...(format !== undefined && { format }),
    ...(overwrite && { overwrite: '1' }),
    ...(folders && { folders: '1' }),
    ...(strip !== undefined && { strip: String(strip) }),
  });
  return transport.json({
    path: `/files/archive?${search}`,
    method: 'PUT',
    bytes: sendableBytes(archive),
    waitMs: Infinity,
    signal,
  });
}
