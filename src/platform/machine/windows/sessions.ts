/** Who is logged in, by the Remote Desktop Services API, which counts the console as one of its sessions. */
import { dlopen, read, toArrayBuffer, type Pointer } from 'bun:ffi';
import type { LoginSession } from '../machine.ts';

const table = {
  WTSEnumerateSessionsW: { args: ['i64', 'u32', 'u32', 'ptr', 'ptr'], returns: 'i32' },
  WTSFreeMemory: { args: ['ptr'], returns: 'void' },
  WTSQuerySessionInformationW: { args: ['i64', 'u32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
} as const;

let loaded: ReturnType<typeof dlopen<typeof table>>['symbols'] | undefined;
const wtsapi = () => (loaded ??= dlopen('wtsapi32.dll', table).symbols);

// <wtsapi32.h>
const THIS_MACHINE = 0;
const WTS_ACTIVE = 0;
const WTS_DISCONNECTED = 4;
const WTS_USER_NAME = 5;
const WTS_CLIENT_PROTOCOL = 16;
const WTS_SESSION_INFO = 24;
const RDP = 2;
/** Of WTS_SESSION_INFOW: { DWORD SessionId; LPWSTR pWinStationName; WTS_CONNECTSTATE_CLASS State; }. */
const SESSION_BYTES = 24;
/** In WTSINFOW, all FILETIME. */
const LAST_INPUT_AT = 192;
const LOGON_AT = 200;
const CURRENT_AT = 208;
/** From 1601 to 1970. */
const UNIX_EPOCH_MS = 11_644_473_600_000;

export function windowsSessions(): readonly LoginSession[] {
  const address = new BigUint64Array(1);
  const count = new Uint32Array(1);
  if (wtsapi().WTSEnumerateSessionsW(THIS_MACHINE, 0, 1, address, count) === 0) return [];
  const list = Number(address[0]) as Pointer;
  try {
    return Array.from({ length: count[0] ?? 0 }, (_, index) => index * SESSION_BYTES)
      .filter((at) => [WTS_ACTIVE, WTS_DISCONNECTED].includes(read.i32(list, at + 16)))
      .flatMap((at) => sessionOf(read.u32(list, at)));
  } finally {
    wtsapi().WTSFreeMemory(list);
  }
}

/** None where nobody is logged in, as in the session of the services. */
function sessionOf(id: number): LoginSession[] {
  const name = asked(id, WTS_USER_NAME);
  const user = name === undefined ? '' : new TextDecoder('utf-16le').decode(name).split('\0', 1)[0];
  if (user === undefined || user === '') return [];
  const info = asked(id, WTS_SESSION_INFO);
  const time = (at: number) =>
    info === undefined || info.byteLength < at + 8
      ? 0
      : Number(new DataView(info.buffer).getBigInt64(at, true)) / 10_000;
  const [logon, input, current] = [time(LOGON_AT), time(LAST_INPUT_AT), time(CURRENT_AT)];
  return [
    {
      user,
      kind: asked(id, WTS_CLIENT_PROTOCOL)?.[0] === RDP ? 'rdp' : 'console',
      since: logon > 0 ? Math.round(logon - UNIX_EPOCH_MS) : null,
      // The console says nothing of its last key.
      idle: input > 0 && current >= input ? Math.round(current - input) : null,
    },
  ];
}

/** Undefined where the session has ended, or the system does not know what is asked. */
function asked(id: number, what: number): Uint8Array<ArrayBuffer> | undefined {
  const address = new BigUint64Array(1);
  const bytes = new Uint32Array(1);
  if (wtsapi().WTSQuerySessionInformationW(THIS_MACHINE, id, what, address, bytes) === 0) return undefined;
  const found = Number(address[0]) as Pointer;
  if (Number(found) === 0) return undefined;
  // A copy: the memory is given back.
  const copy = new Uint8Array(toArrayBuffer(found, 0, bytes[0] ?? 0)).slice();
  wtsapi().WTSFreeMemory(found);
  return copy;
}
