/** Calls about files that are sent in parts, for connections that break. */
import type { FileEntry } from '../../protocol/files.ts';
import type { Upload } from '../../protocol/files/uploads.ts';
import type { Transport } from '../transport.ts';
import { sendableBytes, type FileBytes } from './write.ts';

interface Abortable {
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface CreateUploadOptions extends Abortable {
  /** Bytes of the whole file. */
  readonly size: number;
  /** SHA-256 that it must have, in hexadecimal: `finish` rejects another one with status 400. Default: not checked. */
  readonly sha256?: string;
  /** Permission bits in octal, such as `0755`. Default: those of the old file, `0600` of a new one. */
  readonly mode?: string;
  /** When its content changed, Unix seconds. Default: when its last part came. */
  readonly modifiedAt?: number;
  /** Whether missing folders above it are made. Default false. */
  readonly mkdirs?: boolean;
  /** The version that is replaced: for another one `finish` rejects with status 412. `none`: nothing may be there. Default: whatever is. */
  readonly version?: string;
}

/** Files that are sent in parts; needs the scope `files:write`. */
export class UploadCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Begins a file. Rejects with status 409 where it has no folder to be in or is no file, 507 where there is no room. */
  create(path: string, { signal, ...options }: CreateUploadOptions): Promise<Upload> {
    return this.#transport.json({ path: '/files/uploads', method: 'POST', body: { path, ...options }, signal });
  }

  /** How far it is. Rejects with status 404 for one that is finished, dropped or was idle for 24 hours. */
  get(id: string, { signal }: Abortable = {}): Promise<Upload> {
    return this.#transport.json({ path: pathOf(id), repeatable: true, signal });
  }

  /**
   * Sends a part, and resolves to the offset of the next one. `offset` is that of all that has come: rejects with status 409 where
   * it is another one, which the body of the refusal tells.
   */
  append(id: string, offset: number, part: FileBytes, { signal }: Abortable = {}): Promise<number> {
    return this.#transport.send(
      {
        path: pathOf(id),
        method: 'PATCH',
        headers: { 'upload-offset': String(offset) },
        bytes: sendableBytes(part),
        waitMs: Infinity,
        signal,
      },
      async (response) => Number(response.headers.get('upload-offset')),
    );
  }

  /** Puts it in its place. Rejects with status 400 for another SHA-256, 409 where bytes are missing, 412 for another version. */
  finish(id: string, { signal }: Abortable = {}): Promise<FileEntry> {
    return this.#transport.json({ path: `${pathOf(id)}/finish`, method: 'POST', waitMs: Infinity, signal });
  }

  /** Drops it, with all that has come. */
  async drop(id: string, { signal }: Abortable = {}): Promise<void> {
    await this.#transport.json({ path: pathOf(id), method: 'DELETE', signal });
  }
}

const pathOf = (id: string): string => `/files/uploads/${encodeURIComponent(id)}`;
