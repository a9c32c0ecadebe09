/** The part of ntdll.dll that tells of all processes at once. */
import { dlopen } from 'bun:ffi';

const table = {
  NtQueryInformationProcess: { args: ['i64', 'i32', 'ptr', 'u32', 'ptr'], returns: 'i32' },
  NtQuerySystemInformation: { args: ['i32', 'ptr', 'u32', 'ptr'], returns: 'i32' },
} as const;

type Ntdll = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Ntdll | undefined;

/** Loaded at the first call, so that this file can be imported where there is no such library. */
export function ntdll(): Ntdll {
  return (loaded ??= dlopen('ntdll.dll', table).symbols);
}
