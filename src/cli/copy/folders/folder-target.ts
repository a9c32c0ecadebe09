/** Where a folder is copied to: what is there already, and what takes up archives. */
import { chmod, mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { chunksOf } from '../../../client/chunks.ts';
import type { Client } from '../../../client/client.ts';
import { ClientError } from '../../../client/failure.ts';
import { Unpacking, type Unpacked } from '../../../files/archive/unpacking.ts';
import { localWriting, placeHere } from '../local-writing.ts';
import { Refusal } from '../refusal.ts';
import type { Side } from '../side.ts';
import { divided } from '../target-path.ts';
import { takeUnreadable, takeUnreadableHere } from '../unreadable.ts';
import { listHere, listOnServer, type FolderListing } from './listing.ts';
import { sentenceOf } from './unpack-sentence.ts';

export interface FolderTarget {
  list(): Promise<FolderListing>;
  /** Makes the folder itself, in one that is there. */
  make(mode: string | undefined): Promise<void>;
  unpack(archive: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Unpacked>;
  /** Unpacks folders, which get their modes and times although they are there. */
  finish(archive: ReadableStream<Uint8Array<ArrayBuffer>>, where: 'in it' | 'in the one above'): Promise<void>;
  /** What a server could not read of what was unpacked, a line each. */
  takeUnreadable(): Promise<readonly string[]>;
  /** Its last name. */
  readonly name: string;
}

const SILENCE_MS = 30_000;

export const folderTarget = (side: Side, path: string, noClobber: boolean, signal: AbortSignal): FolderTarget =>
  side.at === 'here' ? targetHere(path, noClobber, signal) : targetOnServer(side.client, path, noClobber, signal);

function targetHere(path: string, noClobber: boolean, signal: AbortSignal): FolderTarget {
  // Once: what other processes left is looked for.
  const writing = localWriting();
  async function unpack(
    folder: string,
    archive: ReadableStream<Uint8Array<ArrayBuffer>>,
    options: { readonly overwrite: boolean; readonly folders?: boolean },
  ): Promise<Unpacked> {
    const { reach, place } = placeHere(folder);
    const opened = await Unpacking.create(await writing, reach, place, { format: 'tar', ...options });
    if (!opened.ok) throw new Refusal(`${folder}: ${sentenceOf(opened.failure, noClobber)}`);
    await using unpacking = opened.value;
    for await (const piece of chunksOf(archive, SILENCE_MS, signal)) {
      const written = await unpacking.write(piece);
      if (!written.ok) throw new Refusal(`${folder}: ${sentenceOf(written.failure, noClobber)}`);
    }
    const done = await unpacking.finish();
    if (!done.ok) throw new Refusal(`${folder}: ${sentenceOf(done.failure, noClobber)}`);
    return done.value;
  }
  return {
    name: basename(path),
    list: () => listHere(path, [], signal),
    async make(mode) {
      await mkdir(path);
      if (mode !== undefined) await chmod(path, Number.parseInt(mode, 8));
    },
    unpack: (archive) => unpack(path, archive, { overwrite: !noClobber }),
    async finish(archive, where) {
      await unpack(where === 'in it' ? path : dirname(path), archive, { overwrite: false, folders: true });
    },
    takeUnreadable: () => takeUnreadableHere(path),
  };
}

function targetOnServer(client: Client, path: string, noClobber: boolean, signal: AbortSignal): FolderTarget {
  const { above, name } = divided(path);
  const explained = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw explanation(error, noClobber);
    }
  };
  return {
    name,
    list: () => listOnServer(client, path, [], signal),
    async make(mode) {
      await client.files.mkdir(path, { ...(mode !== undefined && { mode }), signal });
    },
    unpack: (archive) => explained(client.files.unpack(path, archive, { overwrite: !noClobber, signal })),
    async finish(archive, where) {
      await explained(client.files.unpack(where === 'in it' ? path : above, archive, { folders: true, signal }));
    },
    takeUnreadable: () => takeUnreadable(client, path, signal),
  };
}

/** Which entry is refused, the server says; what to do about it is said here. */
function explanation(error: unknown, noClobber: boolean): unknown {
  if (!(error instanceof ClientError)) return error;
  if (error.status === 400 && error.message.startsWith('the archive is refused'))
    return new Refusal(`the server says: ${error.message}; leave it out with --exclude`);
  if (noClobber && error.status === 409 && error.message.endsWith('is there already'))
    return new Refusal(`${error.message} (--no-clobber)`);
  return error;
}
