/** The entries of a tar archive, as it comes. */
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import type { Extract, Header } from 'tar-stream';
import { codeOf, messageOf } from '../../core/failure.ts';
import { nameGiven, partsOf } from './entry-name.ts';
import { refuseEntry, Unpackable } from './unpack-failure.ts';
import type { EntryHead, UnpackedTree } from './unpacked-tree.ts';

export interface ReadOptions {
  /** Parts of each name that are left out; what has no more is left out, too. */
  readonly strip: number;
}

/** Throws `Unpackable`, and what the file system throws. */
export async function readTar(
  pieces: AsyncIterable<Uint8Array>,
  isZipped: boolean,
  tree: UnpackedTree,
  options: ReadOptions,
): Promise<void> {
  // Loaded at the first archive.
  const { extract } = await import('tar-stream');
  // Each byte of a name is a character. Its types do not know of that option.
  const archive = (extract as (options: { filenameEncoding: 'latin1' }) => Extract)({ filenameEncoding: 'latin1' });
  let last: Uint8Array = new Uint8Array();
  async function* withItsEnd(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      last = chunk.length >= BLOCK ? chunk.slice(-BLOCK) : Buffer.concat([last, chunk]).subarray(-BLOCK);
      yield chunk;
    }
  }
  const feeding = isZipped
    ? pipeline(pieces, createGunzip(), withItsEnd, archive)
    : pipeline(pieces, withItsEnd, archive);
  // Awaited below, and not unhandled until then.
  feeding.catch(() => {});
  try {
    for await (const entry of archive) {
      await take(entry.header, entry as unknown as AsyncIterable<Uint8Array>, tree, options);
      entry.resume();
    }
    await feeding;
  } catch (error) {
    archive.destroy();
    const cause =
      error instanceof Unpackable || isOfSystem(error)
        ? error
        : await feeding.then(
            () => error,
            (one: unknown) => one,
          );
    if (cause instanceof Unpackable || isOfSystem(cause)) throw cause;
    if (isOfSystem(error)) throw error;
    throw new Unpackable({ reason: 'archive-invalid', detail: sentenceOf(cause) });
  } finally {
    archive.destroy();
    await feeding.catch(() => {});
  }
  // It ends with empty blocks: one that was cut between two entries does not.
  if (last.length < BLOCK || last.some((byte) => byte !== 0))
    throw new Unpackable({ reason: 'archive-invalid', detail: 'the archive is cut short' });
}

const BLOCK = 512;

async function take(header: Header, pieces: AsyncIterable<Uint8Array>, tree: UnpackedTree, { strip }: ReadOptions) {
  const { mode, mtime, type, linkname: target } = header;
  const pax = (header.pax ?? {}) as Readonly<Record<string, string | undefined>>;
  const name = nameGiven(pax['path'] === undefined ? { bytes: latin1(header.name) } : { text: header.name });
  const parts = partsOf(name, strip);
  if (parts.length === 0) tree.leaveOut();
  const head: EntryHead = { parts, mode, modifiedAt: timeIn(pax['mtime']) ?? mtime.getTime() };
  const targetName = () => nameGiven(pax['linkpath'] === undefined ? { bytes: latin1(target) } : { text: target });
  switch (type) {
    case 'directory':
      if (parts.length > 0) await tree.folder(head);
      return;
    case 'file':
    case 'contiguous-file':
      if (Object.keys(pax).some((key) => key.startsWith('GNU.sparse')))
        throw refuseEntry(header.name, 'is a sparse file, which is not unpacked');
      if (parts.length > 0) await tree.file(head, pieces);
      return;
    case 'symlink':
      if (parts.length > 0) await tree.link(head, targetName());
      return;
    case 'link':
      if (parts.length > 0) await tree.hardLink(head, partsOf(targetName(), strip));
      return;
    case 'block-device':
    case 'character-device':
    case 'fifo':
    default:
      throw refuseEntry(header.name, 'is neither a file nor a folder nor a link');
  }
}

/** Unix milliseconds of seconds with any number of digits behind the point. */
function timeIn(text: string | undefined): number | undefined {
  const [, seconds, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(text ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Of the file system, rather than of zlib or the archive. */
const isOfSystem = (error: unknown): boolean =>
  /^E[A-Z0-9]+$/.test(codeOf(error) ?? '') && error instanceof Error && 'syscall' in error;

const sentenceOf = (error: unknown): string => {
  const code = codeOf(error) ?? '';
  if (code.startsWith('Z_') || code.startsWith('ERR_')) return `the archive cannot be unzipped: ${messageOf(error)}`;
  return /unexpected end/i.test(messageOf(error))
    ? 'the archive is cut short'
    : `the archive is no tar: ${messageOf(error)}`;
};
