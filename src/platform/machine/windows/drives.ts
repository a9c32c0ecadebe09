/** Drives by their letters. Only a fixed one is asked for its file system: a call that waits would hold everything up. */
import { wide } from '../../api/windows/memory.ts';
import type { Mount } from '../machine.ts';
import { load } from './kernel-calls.ts';

// <winbase.h>, <winnt.h>
const DRIVE_REMOVABLE = 2;
const DRIVE_FIXED = 3;
const DRIVE_REMOTE = 4;
const DRIVE_CDROM = 5;
const FILE_READ_ONLY_VOLUME = 0x0008_0000;
const LETTERS = Array.from({ length: 26 }, (_, bit) => String.fromCharCode(0x41 + bit));
/** MAX_PATH + 1. */
const NAME_UNITS = 261;

export function windowsMounts(): readonly Mount[] {
  const there = load().GetLogicalDrives();
  return LETTERS.flatMap((letter, bit) => ((there >>> bit) & 1 ? mountOf(`${letter}:\\`) : []));
}

function mountOf(path: string): Mount[] {
  const kind = load().GetDriveTypeW(wide(path));
  if (![DRIVE_REMOVABLE, DRIVE_FIXED, DRIVE_REMOTE, DRIVE_CDROM].includes(kind)) return [];
  const volume = kind === DRIVE_FIXED ? volumeOf(path) : undefined;
  return [
    {
      path,
      fileSystem: volume?.fileSystem ?? null,
      remote: kind === DRIVE_REMOTE,
      readonly: volume?.readonly ?? kind === DRIVE_CDROM,
      removable: kind === DRIVE_REMOVABLE || kind === DRIVE_CDROM,
    },
  ];
}

function volumeOf(path: string): { readonly fileSystem: string; readonly readonly: boolean } | undefined {
  const flags = new Uint32Array(1);
  const name = new Uint16Array(NAME_UNITS);
  if (load().GetVolumeInformationW(wide(path), null, 0, null, null, flags, name, NAME_UNITS) === 0) return undefined;
  return {
    fileSystem: String.fromCharCode(...name.subarray(0, name.indexOf(0))),
    readonly: ((flags[0] ?? 0) & FILE_READ_ONLY_VOLUME) !== 0,
  };
}
