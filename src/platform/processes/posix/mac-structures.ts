/** The structures of <sys/proc_info.h> (macOS) that describe a process. Not yet run on a Mac. */
import type { ProcessStatus } from '../processes.ts';

/** struct proc_bsdinfo. */
export const BSD_INFO_BYTES = 136;
/** struct proc_taskinfo. */
export const TASK_INFO_BYTES = 96;

/** SIDL, SRUN, SSLEEP, SSTOP, SZOMB: what runs and what sleeps is not told apart there. */
const STATUSES: readonly ProcessStatus[] = ['unknown', 'running', 'running', 'sleeping', 'stopped', 'ended'];
/** A unit of processor time, in nanoseconds: the clock of the machine has 24 MHz on Apple’s own processors. */
const UNIT_NS = process.arch === 'arm64' ? 125 / 3 : 1;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface BsdInfo {
  readonly ppid: number;
  readonly uid: number;
  readonly name: string;
  readonly pgid: number;
  readonly status: ProcessStatus;
  readonly startedAt: number;
  /** As `ps -o lstart` writes it, which names the processes of jobs (process-table-ps.ts). */
  readonly startTime: string;
}

export function bsdInfoIn(bytes: Uint8Array<ArrayBuffer>): BsdInfo {
  const view = new DataView(bytes.buffer);
  const long = textAt(bytes, 64, 32);
  const seconds = Number(view.getBigUint64(120, true));
  return {
    status: STATUSES[view.getUint32(4, true)] ?? 'unknown',
    ppid: view.getUint32(16, true),
    uid: view.getUint32(20, true),
    name: long === '' ? textAt(bytes, 48, 16) : long,
    pgid: view.getUint32(100, true),
    startedAt: seconds * 1000 + Number(view.getBigUint64(128, true)) / 1000,
    startTime: lstart(new Date(seconds * 1000)),
  };
}

export function taskInfoIn(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer);
  const units = view.getBigUint64(16, true) + view.getBigUint64(24, true);
  return {
    memory: Number(view.getBigUint64(8, true)),
    cpuMs: (Number(units) * UNIT_NS) / 1_000_000,
    threads: view.getInt32(84, true),
  };
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

function lstart(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const day = String(date.getDate()).padStart(2);
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${time} ${date.getFullYear()}`;
}
