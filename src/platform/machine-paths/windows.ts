/**
 * Windows: names are text, an attribute hides them, and calls take a path of more than 247 characters only behind `\\?\`
 * (https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation), which we add and callers must not.
 */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { win32 } from 'node:path';
import { kernel32 } from '../api/windows/kernel32.ts';
import type { MachinePaths } from './machine-paths.ts';
import { findRealPath, type PathNames } from '../files/path-walk.ts';

/** A folder needs room for the name of a file of the old form in it, so its limit counts. */
const PLAIN_CHARACTERS = 247;
const HIDDEN = 0x2;
const NO_ATTRIBUTES = 0xff_ff_ff_ff;

export const forWindows = (path: string): string =>
  path.length > PLAIN_CHARACTERS ? win32.toNamespacedPath(path) : path;

export const windowsPaths = (names: PathNames): MachinePaths => ({
  paths: win32,
  refusal: names.refusal,
  isSameName: names.isSameName,
  isAbsolute: (path) => /^[a-z]:[\\/]/i.test(path),
  fromText: (path) => path.replaceAll('/', '\\'),
  fromBytes: undefined,
  toText: (path) => path,
  untextualBytes: () => undefined,
  forSystem: forWindows,
  findRealPath: (path) =>
    findRealPath(
      names,
      (name) => (lstatSync(forWindows(name)).isSymbolicLink() ? readlinkSync(forWindows(name)) : undefined),
      path,
      path,
    ),
  readNames: (folder) => readdirSync(forWindows(folder)),
  readNamesAsync: (folder) => readdir(forWindows(folder)),
  foldsCase: true,
  reusesNumbers: false,
  readLink: (path) => readlinkSync(forWindows(path)),
  isOfProcess: () => false,
  isHidden(path) {
    const attributes = kernel32().GetFileAttributesW(Buffer.from(`${forWindows(path)}\0`, 'utf16le'));
    return attributes !== NO_ATTRIBUTES && (attributes & HIDDEN) !== 0;
  },
});
