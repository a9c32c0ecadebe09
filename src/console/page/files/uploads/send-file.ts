/** Sends one file: small ones at once, large ones in parts, which go on where a broken connection left them. */
import type { Client } from '../../../../client/client.ts';
import { ClientError } from '../../../../client/failure.ts';
import { pause } from '../../../../client/pause.ts';

/** Larger files go in parts. */
export const PARTS_FROM = 64 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;
const TRIES = 5;
const RETRY_MS = 1000;

export interface SendOptions {
  readonly client: Client;
  readonly file: File;
  readonly path: string;
  /** The version that is replaced; `none`: nothing may be there. */
  readonly version: string;
  /** Kept from try to try: what was begun before goes on. */
  readonly begun: { id?: string };
  readonly progress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Rejects with status 412 where another version is there. */
export async function sendFile({ client, file, path, version, begun, progress, signal }: SendOptions): Promise<void> {
  const { uploads } = client.files;
  if (file.size <= PARTS_FROM) {
    await client.files.write(path, file, { version, signal });
    return;
  }
  begun.id ??= (
    await uploads.create(path, { size: file.size, version, signal, ...(version === 'none' && { mode: '0644' }) })
  ).id;
  const { id } = begun;
  let offset = (await uploads.get(id, { signal })).offset;
  let failed = 0;
  while (offset < file.size) {
    progress(offset);
    try {
      offset = await uploads.append(id, offset, file.slice(offset, offset + PART_BYTES), { signal });
      failed = 0;
    } catch (error) {
      const told = offsetIn(error);
      failed += 1;
      if (failed >= TRIES || !(told !== undefined || (error instanceof ClientError && error.transient))) throw error;
      if (told === undefined) await pause(RETRY_MS * failed, signal);
      // As much may have come as was never acknowledged.
      offset = told ?? (await uploads.get(id, { signal })).offset;
    }
  }
  progress(file.size);
  await uploads.finish(id, { signal });
}

function offsetIn(error: unknown): number | undefined {
  if (!(error instanceof ClientError) || error.failure.reason !== 'refused') return undefined;
  const { offset } = error.failure.body;
  return typeof offset === 'number' ? offset : undefined;
}
