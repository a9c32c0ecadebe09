/**
 * The single processors, by NtQuerySystemInformation, which libuv asks, too: `os.cpus()` fails as a whole where the registry
 * does not name the processor, as under Wine.
 * https://learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntquerysysteminformation
 */
import { dlopen } from 'bun:ffi';
import type { CpuTimes } from '../machine.ts';

const table = { NtQuerySystemInformation: { args: ['i32', 'ptr', 'u32', 'ptr'], returns: 'i32' } } as const;
let loaded: ReturnType<typeof dlopen<typeof table>>['symbols'] | undefined;
const ntdll = () => (loaded ??= dlopen('ntdll.dll', table).symbols);

const PROCESSOR_PERFORMANCE = 8;
/** Idle, kernel, user, DPC and interrupt time in units of 100 ns, 64 bits each, and a count. */
const ENTRY_WORDS = 6;
/** The most that are in one group of processors, which is all that the call tells of. */
const MAX_CORES = 64;

/** Empty where the system does not say it. */
export function coreTimes(): readonly CpuTimes[] {
  const words = new BigUint64Array(ENTRY_WORDS * MAX_CORES);
  const bytes = new Uint32Array(1);
  if (ntdll().NtQuerySystemInformation(PROCESSOR_PERFORMANCE, words, words.byteLength, bytes) < 0) return [];
  const count = Math.floor((bytes[0] ?? 0) / (ENTRY_WORDS * words.BYTES_PER_ELEMENT));
  return Array.from({ length: count }, (_, index) => {
    const [idle = 0, kernel = 0, user = 0] = [...words.subarray(index * ENTRY_WORDS, index * ENTRY_WORDS + 3)].map(
      Number,
    );
    // Time of the kernel includes that of doing nothing.
    const total = kernel + user;
    return { busy: total - idle, total };
  });
}
