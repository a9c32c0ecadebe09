/** Windows: by calls of its own, loaded at the first look, since nobody else needs their libraries. */
import { dlopen } from 'bun:ffi';
import { release, userInfo, version } from 'node:os';
import { cpuModelOfOs } from '../cores.ts';
import type { CpuReading, Machine, Memory, OperatingSystem } from '../machine.ts';
import { windowsMounts } from './drives.ts';
import { coreTimes } from './core-times.ts';
import { load } from './kernel-calls.ts';
import { pageFiles } from './page-files.ts';
import { windowsSessions } from './sessions.ts';

export const windowsMachine: Machine = {
  cpu,
  // What the system gives to every program, where it does not name the processor.
  cpuModel: () => cpuModelOfOs() || (process.env['PROCESSOR_IDENTIFIER'] ?? ''),
  memory,
  // Windows counts no programs that wait.
  load: () => null,
  mounts: windowsMounts,
  sessions: windowsSessions,
  operatingSystem,
  gpus: () => [],
  // A Job Object may be a limit, too; containers of Windows show theirs as the machine.
  limits: () => ({}),
  userName: () => userInfo().username,
  isAdmin: () => shell32().IsUserAnAdmin() !== 0,
};

/** The whole by GetSystemTimes, in units of 100 ns; the single processors by a call of the kernel. */
function cpu(): CpuReading {
  const idle = new BigUint64Array(1);
  const kernel = new BigUint64Array(1);
  const user = new BigUint64Array(1);
  const cores = coreTimes();
  if (load().GetSystemTimes(idle, kernel, user) === 0) return { busy: 0, total: 0, cores };
  // Time of the kernel includes that of doing nothing.
  const total = Number(kernel[0]) + Number(user[0]);
  return { busy: total - Number(idle[0]), total, cores };
}

/** MEMORYSTATUSEX: its size, a percentage, then memory, all and what programs can have. */
function memory(): Memory {
  const status = new BigUint64Array(8);
  new Uint32Array(status.buffer)[0] = status.byteLength;
  const swap = pageFiles() ?? { swapTotal: null, swapUsed: null };
  if (load().GlobalMemoryStatusEx(status) === 0) return { total: 0, available: 0, ...swap };
  return { total: Number(status[1]), available: Number(status[2]), ...swap };
}

function operatingSystem(): OperatingSystem {
  const kernel = release();
  return { name: version(), version: kernel, kernel, build: kernel.split('.')[2] ?? null };
}

const shellTable = { IsUserAnAdmin: { args: [], returns: 'i32' } } as const;
let loadedShell: ReturnType<typeof dlopen<typeof shellTable>>['symbols'] | undefined;
const shell32 = () => (loadedShell ??= dlopen('shell32.dll', shellTable).symbols);
