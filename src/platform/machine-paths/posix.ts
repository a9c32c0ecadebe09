/** POSIX: names are bytes, and one that begins with a dot is hidden. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import type { MachinePaths, RawPath } from './machine-paths.ts';
import { findRealPath, type PathNames } from '../files/path-walk.ts';

const bytesOf = (path: RawPath): Buffer => Buffer.from(path, 'latin1');
const rawOf = (bytes: Uint8Array): RawPath => Buffer.from(bytes).toString('latin1');
// Most names are, and those are the same in every form.
const isAscii = (path: RawPath): boolean => /^[\0-\x7f]*$/.test(path);
const readRawLink = (path: RawPath): RawPath => rawOf(readlinkSync(bytesOf(path), 'buffer'));

export const posixPaths = (names: PathNames): MachinePaths => ({
  paths: posix,
  refusal: names.refusal,
  isSameName: names.isSameName,
  isAbsolute: posix.isAbsolute,
  fromText: (path) => rawOf(Buffer.from(path, 'utf8')),
  fromBytes: rawOf,
  toText: (path) => (isAscii(path) ? path : bytesOf(path).toString('utf8')),
  untextualBytes(name) {
    if (isAscii(name)) return undefined;
    const bytes = bytesOf(name);
    return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes) ? undefined : bytes;
  },
  forSystem: bytesOf,
  findRealPath: (path) =>
    findRealPath(
      names,
      (name) => (lstatSync(bytesOf(name)).isSymbolicLink() ? readRawLink(name) : undefined),
      '/',
      path,
    ),
  readNames: (folder) => readdirSync(bytesOf(folder), 'buffer').map(rawOf),
  readNamesAsync: async (folder) => (await readdir(bytesOf(folder), 'buffer')).map(rawOf),
  // The file systems of macOS do, unless they were made otherwise.
  foldsCase: process.platform === 'darwin',
  reusesNumbers: true,
  readLink: readRawLink,
  // A thread's number works as that of a process, and is in no listing: so it is any number.
  isOfProcess: (path) => /^\/proc\/(?:kcore|\d+\/(?:task\/\d+\/)?(?:environ|mem))$/.test(path),
  isHidden: (path) => path.charAt(path.lastIndexOf('/') + 1) === '.',
});
