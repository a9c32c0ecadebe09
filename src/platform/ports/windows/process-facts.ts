/** What Windows tells of a process to whoever may ask: its program, and whose it is. */
import { advapi32 } from '../../api/windows/advapi32.ts';
import { closeHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const TOKEN_QUERY = 0x8;
const TOKEN_USER = 1;
const MAX_PATH_UNITS = 32_768;
const MAX_NAME_UNITS = 512;
const TOKEN_USER_BYTES = 256;

export interface ProcessFacts {
  readonly command: string | null;
  readonly user: string | null;
}

export function factsOf(pid: number): ProcessFacts {
  const handle = kernel32().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) as Handle;
  // Ended, or of another user.
  if (handle === 0) return { command: null, user: null };
  try {
    return { command: programOf(handle), user: userOf(handle) };
  } finally {
    closeHandle(handle);
  }
}

function programOf(handle: Handle): string | null {
  const path = new Uint16Array(MAX_PATH_UNITS);
  const length = new Uint32Array([path.length]);
  return kernel32().QueryFullProcessImageNameW(handle, 0, path, length) === 0 ? null : textIn(path, length[0]);
}

function userOf(handle: Handle): string | null {
  const token = new BigInt64Array(1);
  if (advapi32().OpenProcessToken(handle, TOKEN_QUERY, token) === 0) return null;
  try {
    const user = new BigUint64Array(TOKEN_USER_BYTES / 8);
    const needed = new Uint32Array(1);
    const token64 = Number(token[0]);
    if (advapi32().GetTokenInformation(token64, TOKEN_USER, user, TOKEN_USER_BYTES, needed) === 0) return null;
    const name = new Uint16Array(MAX_NAME_UNITS);
    const domain = new Uint16Array(MAX_NAME_UNITS);
    const lengths = [new Uint32Array([name.length]), new Uint32Array([domain.length])] as const;
    // TOKEN_USER begins with the address of the SID, which stands behind it in the same memory.
    const sid = user[0] ?? 0n;
    const found = advapi32().LookupAccountSidW(null, sid, name, lengths[0], domain, lengths[1], new Uint32Array(1));
    return found === 0 ? null : textIn(name, lengths[0][0]);
  } finally {
    closeHandle(Number(token[0]) as Handle);
  }
}

const textIn = (units: Uint16Array, length = 0): string => String.fromCharCode(...units.subarray(0, length));
