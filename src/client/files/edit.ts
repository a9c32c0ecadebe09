/** Calls that read, edit and write small files as a whole. */
import type { FileEdited, FileEditRequest } from '../../protocol/files/edit.ts';
import type { FilesRead, FilesReadRequest } from '../../protocol/files/read-many.ts';
import type { FilesWriteRequest, FilesWritten } from '../../protocol/files/write-many.ts';
import type { Transport } from '../transport.ts';

export interface ManyOptions {
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface EditFileOptions extends ManyOptions {
  /** The version that the edits are about. Default: `sha256` of the edit says it. */
  readonly version?: string;
}

export interface WriteManyOptions extends ManyOptions {
  /** Whether all are written or none. Default false. */
  readonly atomic?: boolean;
}

export async function readFiles(
  transport: Transport,
  items: FilesReadRequest['items'],
  { signal }: ManyOptions,
): Promise<FilesRead['items']> {
  const read = await transport.json<FilesRead>({
    path: '/files/read',
    method: 'POST',
    body: { items },
    repeatable: true,
    signal,
  });
  return read.items;
}

export const editFile = (
  transport: Transport,
  path: string,
  edit: FileEditRequest,
  { version, signal }: EditFileOptions,
): Promise<FileEdited> =>
  transport.json({
    path: `/files?${new URLSearchParams({ path })}`,
    method: 'PATCH',
    body: edit,
    ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
    signal,
  });

export async function writeFiles(
  transport: Transport,
  items: FilesWriteRequest['items'],
  { atomic = false, signal }: WriteManyOptions,
): Promise<FilesWritten['items']> {
  const written = await transport.json<FilesWritten>({
    path: '/files/write',
    method: 'POST',
    body: { items, atomic },
    signal,
  });
  return written.items;
}
