/** A folder of this machine to a server, as a stream of tar. */
import { Buffer } from 'node:buffer';
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { ArchiveEntry } from '../../files/archive/archive-entry.ts';
import { gathered, streamOf } from '../../files/archive/chunks.ts';
import { entriesOf, ERRORS_NAME } from '../../files/archive/folder-entries.ts';
import { tarOf } from '../../files/archive/write-tar.ts';
import { PathGlob } from '../../files/ignore/path-glob.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { placeHere } from './local-writing.ts';
import { Refusal } from './refusal.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';

export interface FolderTarget {
  readonly client: Client;
  readonly path: string;
  /** Undefined where it is there already: what is in the folder goes into it. */
  readonly newIn: { readonly folder: string; readonly name: string } | undefined;
}

/** No file has it: it tells the entry about what could not be read from a file of that name. */
const TIME_OF_ERRORS = -1;

export async function sendFolder(
  source: Thing,
  label: string,
  { client, path, newIn }: FolderTarget,
  { signal, meter, noClobber, exclude }: Transfer,
): Promise<Transferred> {
  const { reach, place } = placeHere(source.path);
  const globs = exclude.map((text) => {
    const glob = PathGlob.read(text);
    if (!glob.ok) throw new Refusal(`--exclude: ${glob.failure.detail}`);
    return glob.value;
  });
  const sent = { files: 0, bytes: 0, unreadable: [] as string[] };
  meter.begin(label, undefined);

  async function* entries(): AsyncGenerator<ArchiveEntry> {
    // With it the folder has its mode and its time.
    const own = newIn === undefined ? '' : machinePaths.fromText(newIn.name);
    if (newIn !== undefined)
      yield {
        type: 'folder',
        name: own,
        mode: Number.parseInt(source.mode ?? '755', 8),
        modifiedAt: source.modifiedAt * 1000,
        uid: 0,
        gid: 0,
      };
    for await (const entry of entriesOf(reach, place, { exclude: globs, ignore: false }, () => TIME_OF_ERRORS)) {
      if (entry.type === 'file' && entry.name === ERRORS_NAME && entry.modifiedAt === TIME_OF_ERRORS)
        sent.unreadable.push(...(await linesOf(entry.pieces)));
      else {
        if (entry.type !== 'folder') sent.files += 1;
        if (entry.type === 'file') sent.bytes += entry.size;
        yield own === '' ? entry : { ...entry, name: `${own}/${entry.name}` };
      }
    }
  }
  async function* metered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      meter.add(chunk.length);
      yield chunk;
    }
  }
  const archive = streamOf(metered(gathered(tarOf(entries()))), signal);
  try {
    await client.files.unpack(newIn === undefined ? path : newIn.folder, archive, { overwrite: !noClobber, signal });
  } catch (error) {
    throw explained(error, noClobber);
  }
  const { files, bytes, unreadable } = sent;
  return { type: 'folder', files, bytes, ...(unreadable.length > 0 && { unreadable }) };
}

/** Which entry is refused, the server says; what to do about it is said here. */
export function explained(error: unknown, noClobber: boolean): unknown {
  if (!(error instanceof ClientError)) return error;
  if (error.status === 400 && error.message.startsWith('the archive is refused'))
    return new Refusal(`the server says: ${error.message}; nothing is copied; leave it out with --exclude`);
  if (noClobber && error.status === 409 && error.message.endsWith('is there already'))
    return new Refusal(`${error.message}; nothing of the folder is copied (--no-clobber)`);
  return error;
}

async function linesOf(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString('utf8').trimEnd().split('\n');
}
