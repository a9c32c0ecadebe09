/** Calls about files of the machine. */
import type { FileEntry, FileStats } from '../protocol/files.ts';
import type { CopiedFiles, CopyJob, MovedFile } from '../protocol/files/write.ts';
import type { FileEdited, FileEditRequest } from '../protocol/files/edit.ts';
import type { FilesRead, FilesReadRequest } from '../protocol/files/read-many.ts';
import type { FilesWriteRequest, FilesWritten } from '../protocol/files/write-many.ts';
import type { ArchiveRequest, FilesUnpacked } from '../protocol/files/archive.ts';
import {
  readArchive,
  readNamesAsArchive,
  unpackArchive,
  type ArchiveOptions,
  type UnpackOptions,
} from './files/archive.ts';
import { UploadCalls } from './files/uploads.ts';
import {
  editFile,
  readFiles,
  writeFiles,
  type EditFileOptions,
  type ManyOptions,
  type WriteManyOptions,
} from './files/edit.ts';
import {
  appendFile,
  copyFile,
  moveFile,
  type CopyOptions,
  type MoveOptions,
  deleteFile,
  makeFolder,
  writeFile,
  type AppendOptions,
  type DeleteOptions,
  type FileBytes,
  type MakeFolderOptions,
  type WriteFileOptions,
} from './files/write.ts';
import { watchFiles, type WatchedEvent, type WatchOptions } from './files/watch.ts';
import type { FileListing } from '../protocol/files/list.ts';
import type { FileSearch } from '../protocol/files/search.ts';
import { listFiles, type ListFilesOptions } from './files/list.ts';
import { searchFiles, type FileSearchRow } from './files/search.ts';
import { which } from './files/which.ts';
import type { Transport } from './transport.ts';

export type { WatchedEvent, WatchOptions };

export interface StatOptions {
  /** The path in base64, which counts in place of `path`, where names in it are no UTF-8. Default: none. */
  readonly pathBytes?: string | undefined;
  /** Whether a link at the end of a path is followed. Default false. */
  readonly follow?: boolean;
  /** `sha256` reads files for their hash, however long that takes. Default: none. */
  readonly hash?: 'sha256';
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReadFileOptions {
  /** The path in base64, which counts in place of `path`, where names in it are no UTF-8. Default: none. */
  readonly pathBytes?: string | undefined;
  /** First byte. Default 0. */
  readonly from?: number;
  /** The byte to stop before. Default: the end. */
  readonly to?: number;
  /** The version that is wanted: another one rejects with status 412. Default: whichever is there. */
  readonly version?: string;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Files of the machine, by absolute paths; needs the scope `files:read`, and `files:write` for what changes them, else a call rejects with status 403. */
export class FileCalls {
  readonly #transport: Transport;
  /** Files that are sent in parts. */
  readonly uploads: UploadCalls;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
    this.uploads = new UploadCalls(transport);
  }

  /** What is at a path. Rejects with status 403 outside of the roots, 404 where nothing is. */
  stat(path: string, { follow = false, hash, pathBytes, signal }: StatOptions = {}): Promise<FileEntry> {
    const search = new URLSearchParams({
      ...which(path, pathBytes),
      ...(follow && { follow: '1' }),
      ...(hash !== undefined && { hash }),
    });
    return this.#transport.json({
      path: `/files/stat?${search}`,
      repeatable: true,
      ...(hash !== undefined && { waitMs: Infinity }),
      signal,
    });
  }

  /** What is at each of 1 to 1000 paths, in their order; one without an entry has `ok: false`. */
  async statMany(
    paths: readonly string[],
    { follow = false, hash, signal }: Omit<StatOptions, 'pathBytes'> = {},
  ): Promise<FileStats['items']> {
    const { items } = await this.#transport.json<FileStats>({
      path: '/files/stat',
      method: 'POST',
      body: { paths, follow, hash },
      repeatable: true,
      ...(hash !== undefined && { waitMs: Infinity }),
      signal,
    });
    return items;
  }

  /**
   * The bytes of a file, as they come; headers of the answer have its version as `ETag`. Rejects with status 404 where nothing is,
   * 409 for what is no file, 412 for another version, 416 where `from` is beyond the end.
   */
  read(path: string, { from = 0, to, version, pathBytes, signal }: ReadFileOptions = {}): Promise<Response> {
    const isPart = from > 0 || to !== undefined;
    return this.#transport.stream({
      path: `/files?${new URLSearchParams(which(path, pathBytes))}`,
      headers: {
        ...(isPart && { range: `bytes=${from}-${to === undefined ? '' : to - 1}` }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
      },
      repeatable: true,
      signal,
    });
  }

  /**
   * 1 to 100 small files, or parts of files, in their order: text by lines, or bytes by offset; 8 MiB together. One that cannot
   * be read has `ok: false`.
   */
  readMany(items: FilesReadRequest['items'], options: ManyOptions = {}): Promise<FilesRead['items']> {
    return readFiles(this.#transport, items, options);
  }

  /**
   * Edits a text file by lines, or by what stands there. Rejects with status 409 for another file than `sha256` or `version` says
   * (`body.sha256`, `body.version`) and for `old` that does not stand there as often as `count` says (`body.found`, `body.lines`),
   * with 428 for edits of lines without either.
   */
  edit(path: string, edit: FileEditRequest, options: EditFileOptions = {}): Promise<FileEdited> {
    return editFile(this.#transport, path, edit, options);
  }

  /**
   * Writes 1 to 100 small files, 8 MiB together, one after the other; one that is refused has `ok: false`. With `atomic` all are
   * written or none, and a refusal rejects with status 409 (`body.items`).
   */
  writeMany(items: FilesWriteRequest['items'], options: WriteManyOptions = {}): Promise<FilesWritten['items']> {
    return writeFiles(this.#transport, items, options);
  }

  /**
   * Writes a file as a whole: bytes, or a stream of them as it comes. Rejects with status 400 for another SHA-256, 403 outside of
   * the roots, 409 where it has no folder to be in or is no file, 412 for another version, 507 where there is no room.
   */
  write(path: string, content: FileBytes, options: WriteFileOptions = {}): Promise<FileEntry> {
    return writeFile(this.#transport, path, content, options);
  }

  /** Appends to a file. Rejects with status 404 where nothing is, 409 for another size. */
  append(path: string, content: FileBytes, options: AppendOptions = {}): Promise<FileEntry> {
    return appendFile(this.#transport, path, content, options);
  }

  /** Makes a folder. Rejects with status 409 where something has that name, or the folder above it is missing. */
  mkdir(path: string, options: MakeFolderOptions = {}): Promise<FileEntry> {
    return makeFolder(this.#transport, path, options);
  }

  /**
   * Removes a file, a link or a folder: how many there were. Rejects with status 403 for what must not be deleted, 404 where nothing
   * is, 409 for a folder that is not empty, 412 for another version.
   */
  delete(path: string, options: DeleteOptions = {}): Promise<number> {
    return deleteFile(this.#transport, path, options);
  }

  /** Moves a file, a link or a folder. Rejects with status 409 where something has the new name, 400 into itself. */
  move(from: string, to: string, options: MoveOptions = {}): Promise<MovedFile> {
    return moveFile(this.#transport, from, to, options);
  }

  /**
   * Copies a file, a link or a folder: how much it was, or after 2 seconds the job that it goes on as, whose output has a line of
   * JSON each second. Rejects as a move does.
   */
  copy(from: string, to: string, options: CopyOptions = {}): Promise<CopiedFiles | CopyJob> {
    return copyFile(this.#transport, from, to, options);
  }

  /**
   * What changes in a folder: `ready` first, then changes as they come, without an end. A connection that breaks is made again
   * after the last event that came; an `overflow` says where something may be missing. Leaving the loop hangs up. Throws a
   * ClientError with status 404 where nothing is, 409 where it is not watched.
   */
  watch(path: string, options: WatchOptions = {}): AsyncGenerator<WatchedEvent> {
    return watchFiles(this.#transport, path, options);
  }

  /**
   * One page of what is in a folder; `next` of it is `after` of the next one, null at the end. Rejects with status 404 where
   * nothing is, 409 for what is no folder.
   */
  list(path: string, options: ListFilesOptions = {}): Promise<FileListing> {
    return listFiles(this.#transport, path, options);
  }

  /**
   * Rows as they are found, the last of them with `done`; leaving the loop ends the search. Rejects with status 400 for a regular
   * expression or a glob that is none, 404 where nothing is, 409 for what is neither a file nor a folder.
   */
  search(
    search: FileSearch,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<FileSearchRow> {
    return searchFiles(this.#transport, search, signal);
  }

  /**
   * A folder as an archive, as it comes. What could not be read is named in a last entry, `.agent-server-errors.txt`. Rejects with
   * status 404 where nothing is, 409 for what is no folder.
   */
  archive(path: string, options: ArchiveOptions = {}): Promise<Response> {
    return readArchive(this.#transport, path, options);
  }

  /**
   * What has the given names below a folder, as an archive, as it comes: each alone, a folder without what is in it. Rejects with
   * status 400 for a name that leads out, else as `archive` does.
   */
  archiveOf(request: ArchiveRequest, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Response> {
    return readNamesAsArchive(this.#transport, request, options);
  }

  /**
   * Unpacks an archive into a folder, which is made where it is missing. Rejects with status 400 for one that is refused, 409 where
   * something of it is there already, 413 for one that is too large; then the folder is as it was.
   */
  unpack(path: string, archive: FileBytes, options: UnpackOptions = {}): Promise<FilesUnpacked> {
    return unpackArchive(this.#transport, path, archive, options);
  }
}
