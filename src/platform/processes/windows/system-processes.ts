/**
 * All processes of Windows at one moment, with their times, memory and threads: SystemProcessInformation, which is asked once
 * where Toolhelp would be, and each process opened, and of those of others less seen.
 * https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
 */
import { ptr } from 'bun:ffi';
import { WindowsError } from '../../api/windows/handle.ts';
import { ntdll } from '../../api/windows/ntdll.ts';
import type { ProcessStatus } from '../processes.ts';

const SYSTEM_PROCESS_INFORMATION = 5;
const STATUS_INFO_LENGTH_MISMATCH = 0xc000_0004 | 0;
/** Where the threads of a process begin, and how long each is, in 64-bit Windows. */
const THREADS = 256;
const THREAD_BYTES = 80;
const THREAD_STATE = 68;
const WAIT_REASON = 72;
/** KTHREAD_STATE: Ready, Running, Standby; and all that wait. */
const RUNNABLE = new Set([1, 2, 3]);
const WAITING = 5;
/** KWAIT_REASON. */
const SUSPENDED = 5;
const FIRST_BYTES = 512 * 1024;
/** FILETIME of 1970, in units of 100 ns. */
const UNIX_EPOCH = 116_444_736_000_000_000n;
const UNITS_IN_MS = 10_000;

export interface SystemProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  /** FILETIME, in decimal, as GetProcessTimes has it. */
  readonly startTime: string;
  readonly startedAt: number;
  readonly cpuMs: number;
  readonly memory: number;
  readonly threads: number;
  readonly status: ProcessStatus;
}

export function systemProcesses(): SystemProcess[] {
  const bytes = query();
  const base = BigInt(ptr(bytes));
  const view = new DataView(bytes.buffer);
  const found: SystemProcess[] = [];
  for (let at = 0; ;) {
    found.push(processAt(bytes, view, at, base));
    const next = view.getUint32(at, true);
    if (next === 0) return found;
    at += next;
  }
}

function query(): Uint8Array<ArrayBuffer> {
  const needed = new Uint32Array(1);
  for (let size = FIRST_BYTES; ; size = Math.max(size * 2, (needed[0] ?? 0) + FIRST_BYTES)) {
    const bytes = new Uint8Array(size);
    const status = ntdll().NtQuerySystemInformation(SYSTEM_PROCESS_INFORMATION, bytes, size, needed);
    if (status === STATUS_INFO_LENGTH_MISMATCH) continue;
    if (status < 0) throw new WindowsError('NtQuerySystemInformation', status >>> 0);
    return bytes;
  }
}

function processAt(bytes: Uint8Array<ArrayBuffer>, view: DataView, at: number, base: bigint): SystemProcess {
  const created = view.getBigInt64(at + 32, true);
  const pid = Number(view.getBigUint64(at + 80, true));
  const threads = view.getUint32(at + 4, true);
  const nameBytes = view.getUint16(at + 56, true);
  const nameAt = Number(view.getBigUint64(at + 64, true) - base);
  return {
    pid,
    ppid: Number(view.getBigUint64(at + 88, true)),
    // Process 0 has none.
    name: nameBytes === 0 ? 'Idle' : new TextDecoder('utf-16le').decode(bytes.subarray(nameAt, nameAt + nameBytes)),
    startTime: String(created),
    startedAt: Number(created - UNIX_EPOCH) / UNITS_IN_MS,
    cpuMs: Number(view.getBigInt64(at + 40, true) + view.getBigInt64(at + 48, true)) / UNITS_IN_MS,
    memory: Number(view.getBigUint64(at + 144, true)),
    threads,
    status: statusOf(view, at + THREADS, threads),
  };
}

function statusOf(view: DataView, from: number, count: number): ProcessStatus {
  let suspended = 0;
  for (let at = from; at < from + count * THREAD_BYTES; at += THREAD_BYTES) {
    const state = view.getUint32(at + THREAD_STATE, true);
    if (RUNNABLE.has(state)) return 'running';
    if (state === WAITING && view.getUint32(at + WAIT_REASON, true) === SUSPENDED) suspended += 1;
  }
  if (count === 0) return 'ended';
  return suspended === count ? 'stopped' : 'sleeping';
}
