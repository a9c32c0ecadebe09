/** The part of libSystem of macOS that tells what the kernel knows of a process (sysctl(3)). */
import { dlopen } from 'bun:ffi';

const table = {
  sysctl: { args: ['ptr', 'u32', 'ptr', 'ptr', 'ptr', 'u64'], returns: 'i32' },
} as const;

type Libsystem = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Libsystem | undefined;

/** Loaded at the first call, so that this file can be imported where there is no such library. */
export function libsystem(): Libsystem {
  return (loaded ??= dlopen('/usr/lib/libSystem.B.dylib', table).symbols);
}
