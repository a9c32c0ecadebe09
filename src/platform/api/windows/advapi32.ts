/** The part of advapi32.dll that tells whose a process is. */
import { dlopen } from 'bun:ffi';

const table = {
  OpenProcessToken: { args: ['i64', 'u32', 'ptr'], returns: 'i32' },
  GetTokenInformation: { args: ['i64', 'i32', 'ptr', 'u32', 'ptr'], returns: 'i32' },
  LookupAccountSidW: { args: ['ptr', 'u64', 'ptr', 'ptr', 'ptr', 'ptr', 'ptr'], returns: 'i32' },
} as const;

type Advapi32 = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Advapi32 | undefined;

/** Loaded at the first call, so that this file can be imported where there is no such library. */
export function advapi32(): Advapi32 {
  return (loaded ??= dlopen('advapi32.dll', table).symbols);
}
