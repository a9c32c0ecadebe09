/**
 * Paths that callers name, as the calls of this system take them. A `RawPath` is such a path in a form in which no two files have
 * one name: on POSIX each byte is one character (names there are bytes, and need not be UTF-8), on Windows it is the text.
 */
import type { posix } from 'node:path';
import type { RealPath } from '../files/path-walk.ts';

export type RawPath = string;

export interface MachinePaths {
  /** How a raw path is taken apart. */
  readonly paths: typeof posix;
  /** Why the path must not even be looked at, as the end of a sentence; undefined where it may be. */
  readonly refusal: (path: string) => string | undefined;
  /** Whether two paths without links may be those of one file by their letter case: names of Windows do not differ by it. */
  readonly isSameName: (a: RawPath, b: RawPath) => boolean;
  /** Whether it names one place whatever folder, drive or user is the current one. */
  readonly isAbsolute: (path: string) => boolean;
  readonly fromText: (path: string) => RawPath;
  /** Undefined where names are no bytes. */
  readonly fromBytes: ((bytes: Uint8Array) => RawPath) | undefined;
  /** With U+FFFD for what is no text. */
  readonly toText: (path: RawPath) => string;
  /** The bytes of a name that is no text; undefined for one that is. */
  readonly untextualBytes: (name: RawPath) => Uint8Array | undefined;
  /** What calls of the file system take. */
  readonly forSystem: (path: RawPath) => string | Buffer;
  /** Where an absolute path really leads, also where its last names do not exist yet. */
  readonly findRealPath: (path: RawPath) => RealPath;
  /** What is in a folder, unsorted. Throws what the file system throws. */
  readonly readNames: (folder: RawPath) => RawPath[];
  /** The same where the file system may not answer: nothing else waits for it. */
  readonly readNamesAsync: (folder: RawPath) => Promise<RawPath[]>;
  /** Throws what the file system throws. */
  readonly readLink: (path: RawPath) => RawPath;
  /** Whether two new names that differ in letter case alone are usually one. */
  readonly foldsCase: boolean;
  /** Whether a new file may have the number of one that is gone: those of NTFS count how often they were given. */
  readonly reusesNumbers: boolean;
  /** Whether a real path is the environment of a process, or its memory: the keys of others may be in there. */
  readonly isOfProcess: (path: RawPath) => boolean;
  /** Whether listings leave it out unless they are asked for it. Throws what the file system throws. */
  readonly isHidden: (path: RawPath) => boolean;
}
