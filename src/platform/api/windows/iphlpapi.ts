/** The one call of iphlpapi.dll that tells which sockets there are. */
import { dlopen } from 'bun:ffi';

const table = {
  GetExtendedTcpTable: { args: ['ptr', 'ptr', 'i32', 'u32', 'u32', 'u32'], returns: 'u32' },
} as const;

type Iphlpapi = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Iphlpapi | undefined;

/** Loaded at the first call, so that this file can be imported where there is no such library. */
export function iphlpapi(): Iphlpapi {
  return (loaded ??= dlopen('iphlpapi.dll', table).symbols);
}
