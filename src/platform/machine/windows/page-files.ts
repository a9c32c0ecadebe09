/**
 * What the page files hold: SystemPageFileInformation. The other figures of the system are of what is promised to programs, which
 * is far more than what has been paged out. Wine does not tell it; not yet seen on Windows.
 * https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
 */
import { ntdll } from '../../api/windows/ntdll.ts';

const SYSTEM_PAGE_FILE_INFORMATION = 18;
/** Of x64 and ARM64. */
const PAGE_BYTES = 4096;
/** Windows has 16 page files at most, each with a path of at most 260 characters. */
const BYTES = 16 * 1024;

interface PageFiles {
  readonly swapTotal: number;
  readonly swapUsed: number;
}

/** Undefined where it is not told. */
export function pageFiles(): PageFiles | undefined {
  const bytes = new Uint8Array(BYTES);
  const length = new Uint32Array(1);
  const status = ntdll().NtQuerySystemInformation(SYSTEM_PAGE_FILE_INFORMATION, bytes, BYTES, length);
  return status < 0 ? undefined : sumOf(bytes.subarray(0, length[0]));
}

/** Entries of SYSTEM_PAGEFILE_INFORMATION: where the next one is, size and what is in use in pages; none without page files. */
export function sumOf(bytes: Uint8Array<ArrayBuffer>): PageFiles {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [total, used] = [0, 0];
  for (let at = 0, next = -1; next !== 0 && at < bytes.length; at += next) {
    next = view.getUint32(at, true);
    total += view.getUint32(at + 4, true);
    used += view.getUint32(at + 8, true);
  }
  return { swapTotal: total * PAGE_BYTES, swapUsed: used * PAGE_BYTES };
}
