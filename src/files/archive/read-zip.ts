/** The entries of a zip archive, which is there as a whole: what is in it says its end. */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { codeOf, messageOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { nameGiven, partsOf, type GivenName } from './entry-name.ts';
import type { ReadOptions } from './read-tar.ts';
import { refuseEntry, Unpackable } from './unpack-failure.ts';
import type { UnpackedTree } from './unpacked-tree.ts';

const UNIX = 3;
const TYPE = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
/** A target is a path. */
const MAX_TARGET = 32_767;

/** Throws `Unpackable`, and what the file system throws. */
export async function readZip(path: RawPath, tree: UnpackedTree, options: ReadOptions): Promise<void> {
  // Loaded at the first archive.
  const yauzl = await import('yauzl');
  await using file = await open(machinePaths.forSystem(path), 'r');
  try {
    const zip = await yauzl.fromFdPromise(file.fd, { decodeStrings: false });
    // Not closed by the library: the handle is ours.
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      // Info-ZIP writes names on Unix as they are on the disk, and often says nothing of UTF-8.
      const name: GivenName = isOfUnix(entry)
        ? { bytes: fileNameRaw }
        : { text: yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false) };
      await take(zip, entry, name, tree, options);
    }
  } catch (error) {
    if (error instanceof Unpackable || isOfSystem(error)) throw error;
    throw new Unpackable({
      reason: 'archive-invalid',
      detail: `the archive is no zip that can be unpacked: ${messageOf(error)}`,
    });
  }
}

async function take(zip: ZipFile, entry: Entry, name: GivenName, tree: UnpackedTree, { strip }: ReadOptions) {
  const raw = nameGiven(name);
  const given = machinePaths.toText(raw);
  const attributes = isOfUnix(entry) ? entry.externalFileAttributes >>> 16 : 0;
  const type = given.endsWith('/') ? FOLDER : attributes & TYPE || FILE;
  const parts = partsOf(raw, strip);
  if (type !== FILE && type !== FOLDER && type !== LINK)
    throw refuseEntry(given, 'is neither a file nor a folder nor a link');
  if (parts.length === 0) return tree.leaveOut();
  const mode = attributes === 0 ? (type === FOLDER ? 0o755 : 0o644) : attributes;
  const head = { parts, mode, modifiedAt: entry.getLastModDate().getTime() };
  if (type === FOLDER) return tree.folder(head);
  if (entry.isEncrypted()) throw refuseEntry(given, 'is encrypted');
  const pieces = contentOf(zip, entry, given);
  if (type === FILE) return tree.file(head, pieces);
  if (entry.uncompressedSize > MAX_TARGET) throw refuseEntry(given, 'is a link whose target is too long');
  const target: Uint8Array[] = [];
  for await (const piece of pieces) target.push(piece);
  await tree.link(head, nameGiven({ bytes: Buffer.concat(target) }));
}

/** Fails at its end where the sum of its bytes is another one than the archive says. */
async function* contentOf(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  let sum = 0;
  const stream = await zip.openReadStreamPromise(entry);
  try {
    for await (const piece of stream) {
      const bytes = piece as Uint8Array;
      sum = crc32(bytes, sum);
      yield bytes;
    }
  } finally {
    stream.destroy();
  }
  if (sum !== entry.crc32)
    throw new Unpackable({ reason: 'archive-invalid', detail: `${JSON.stringify(name)} is damaged in the archive` });
}

const isOfUnix = (entry: Entry): boolean => entry.versionMadeBy >> 8 === UNIX;

const isOfSystem = (error: unknown): boolean =>
  /^E[A-Z0-9]+$/.test(codeOf(error) ?? '') && error instanceof Error && 'syscall' in error;
