/** What kernel32.dll says of the machine. A table of its own, so that a server which nobody asks does not load it. */
import { dlopen } from 'bun:ffi';

const table = {
  GetDriveTypeW: { args: ['ptr'], returns: 'u32' },
  GetLogicalDrives: { args: [], returns: 'u32' },
  GetSystemTimes: { args: ['ptr', 'ptr', 'ptr'], returns: 'i32' },
  GetVolumeInformationW: { args: ['ptr', 'ptr', 'u32', 'ptr', 'ptr', 'ptr', 'ptr', 'u32'], returns: 'i32' },
  GlobalMemoryStatusEx: { args: ['ptr'], returns: 'i32' },
} as const;

let loaded: ReturnType<typeof dlopen<typeof table>>['symbols'] | undefined;

export const load = () => (loaded ??= dlopen('kernel32.dll', table).symbols);
