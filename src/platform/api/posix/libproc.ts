/** The part of libproc of macOS that tells what processes hold: proc_pidinfo and its kin (<libproc.h>). */
import { dlopen } from 'bun:ffi';

const table = {
  proc_listallpids: { args: ['ptr', 'i32'], returns: 'i32' },
  proc_pidinfo: { args: ['i32', 'i32', 'u64', 'ptr', 'i32'], returns: 'i32' },
  proc_pidfdinfo: { args: ['i32', 'i32', 'i32', 'ptr', 'i32'], returns: 'i32' },
} as const;

type Libproc = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Libproc | undefined;

/** Loaded at the first call, so that this file can be imported where there is no such library. */
export function libproc(): Libproc {
  return (loaded ??= dlopen('/usr/lib/libproc.dylib', table).symbols);
}
