/** How a watch looks at files: their state as one number, so that a tree of a million of them is remembered in little memory. */
import { lstatSync, type BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { versionOf } from '../entry.ts';

export interface Seen {
  /** Another number is another state; negative for a folder. */
  readonly state: number;
  /** Of the file itself, whatever its names. */
  readonly identity: string;
  /** Of the file system that it is in. */
  readonly device: bigint;
  /** It has other names, by which it can change without a hint. */
  readonly isLinked: boolean;
}

/** Undefined where there is nothing that can be looked at. */
export interface Looks {
  at(path: RawPath): Seen | undefined | Promise<Seen | undefined>;
  names(folder: RawPath): readonly RawPath[] | undefined | Promise<readonly RawPath[] | undefined>;
}

/** For disks of this machine: several times as fast. */
export const directLooks: Looks = {
  at: (path) => tried(() => seenOf(lstatSync(machinePaths.forSystem(path), { bigint: true }))),
  names: (folder) => tried(() => machinePaths.readNames(folder)),
};

/** For file systems that may not answer: only the watch waits for them. */
export const patientLooks: Looks = {
  at: (path) => lstat(machinePaths.forSystem(path), { bigint: true }).then(seenOf, () => undefined),
  names: (folder) => machinePaths.readNamesAsync(folder).catch(() => undefined),
};

export const isFolder = (state: number | undefined): boolean => state !== undefined && state < 0;

function tried<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function seenOf(stats: BigIntStats): Seen {
  const isDirectory = stats.isDirectory();
  const number = numberOf(isDirectory ? folderVersion(stats) : versionOf(stats), stats.ino);
  return {
    state: isDirectory ? -number : number,
    identity: `${stats.dev}:${stats.ino}`,
    device: stats.dev,
    isLinked: !isDirectory && stats.nlink > 1n,
  };
}

/**
 * Without its size and the times that change with what is in it. Of a folder of a lower layer of overlayfs the birth changes, too,
 * once: when the first thing in it does. On Windows a folder of another device is a link, and Wine sometimes says 0 for a device.
 */
const folderVersion = ({ dev, ino, birthtimeNs, mode, uid, gid }: BigIntStats): string =>
  [ino, mode, uid, gid, ...(machinePaths.reusesNumbers ? [dev, birthtimeNs] : [])].join('-');

const FILE_NUMBERS = 2 ** 20;

/** From 2^20 to 2^52: which file it is in the lower 20 bits, so that its other names can be found. */
const numberOf = (version: string, file: bigint): number =>
  (Number(Bun.hash(version) >> 32n) + 1) * FILE_NUMBERS + Number(file % BigInt(FILE_NUMBERS));

/** The same for all names of a file, and seldom for those of another one. */
export const fileNumber = (state: number): number => Math.abs(state) % FILE_NUMBERS;
