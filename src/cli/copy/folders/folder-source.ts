/** A folder that is copied: what is in it, and some of it as an archive. */
import { Buffer } from 'node:buffer';
import { unreachable } from '../../../client/failure.ts';
import type { ArchiveEntry } from '../../../files/archive/archive-entry.ts';
import { archiveStream } from '../../../files/archive/archive-stream.ts';
import { namedEntriesOf } from '../../../files/archive/named-entries.ts';
import { ERRORS_NAME } from '../../../files/archive/read-errors.ts';
import { PathGlob } from '../../../files/ignore/path-glob.ts';
import { placeHere } from '../local-writing.ts';
import { Refusal } from '../refusal.ts';
import type { OnServer, Side } from '../side.ts';
import { base64Of, isText, rawOf, textOf, type Item } from './item.ts';
import { listHere, listOnServer, type FolderListing } from './listing.ts';

export interface Packed {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** What could not be read, a line each: complete once all of the stream is read. A server tells it in a file of the archive. */
  readonly unreadable: readonly string[];
}

export interface FolderSource {
  list(): Promise<FolderListing>;
  pack(items: readonly Item[]): Promise<Packed>;
}

export const folderSource = (side: Side, path: string, exclude: readonly string[], signal: AbortSignal): FolderSource =>
  side.at === 'here' ? sourceHere(path, exclude, signal) : sourceOnServer(side, path, exclude, signal);

/** No file has it: it tells the entry about what could not be read from a file of that name. */
const TIME_OF_ERRORS = -1;

function sourceHere(path: string, exclude: readonly string[], signal: AbortSignal): FolderSource {
  const globs = exclude.map((text) => {
    const glob = PathGlob.read(text);
    if (!glob.ok) throw new Refusal(`--exclude: ${glob.failure.detail}`);
    return glob.value;
  });
  return {
    list: () => listHere(path, globs, signal),
    async pack(items) {
      const { reach, place } = placeHere(path);
      const unreadable: string[] = [];
      async function* entries(): AsyncGenerator<ArchiveEntry> {
        const names = items.map(({ name }) => rawOf(name));
        for await (const entry of namedEntriesOf(reach, place, names, () => TIME_OF_ERRORS))
          if (entry.type === 'file' && entry.name === ERRORS_NAME && entry.modifiedAt === TIME_OF_ERRORS)
            unreadable.push(...(await linesOf(entry.pieces)));
          else yield entry;
      }
      const stream = archiveStream(entries(), 'tar', signal);
      return { stream: stream as ReadableStream<Uint8Array<ArrayBuffer>>, unreadable };
    },
  };
}

const sourceOnServer = (
  { client }: OnServer,
  path: string,
  exclude: readonly string[],
  signal: AbortSignal,
): FolderSource => ({
  list: () => listOnServer(client, path, exclude, signal),
  async pack(items) {
    const names = items.filter(({ name }) => isText(name)).map(({ name }) => textOf(name));
    const namesBytes = items.filter(({ name }) => !isText(name)).map(({ name }) => base64Of(name));
    const request = {
      path,
      ...(names.length > 0 && { names }),
      ...(namesBytes.length > 0 && { namesBytes }),
    };
    const { body } = await client.files.archiveOf(request, { signal });
    if (body === null) throw unreachable('the connection brought nothing');
    return { stream: body, unreadable: [] };
  },
});

async function linesOf(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString('utf8').trimEnd().split('\n');
}
