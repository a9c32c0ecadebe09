/**
 * The command line of a process. Windows tells it since 8.1; Wine 10 does not, and there it is read where the process itself has it:
 * in the block of its parameters. Not so on Windows: programs that read the memory of others are what its guards look for.
 */
import { closeHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { ntdll } from '../../api/windows/ntdll.ts';

const PROCESS_COMMAND_LINE_INFORMATION = 60;
const PROCESS_BASIC_INFORMATION = 0;
const STATUS_INVALID_INFO_CLASS = 0xc000_0003 | 0;
const PROCESS_VM_READ = 0x10;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
/** The longest command line, with its header. */
const COMMAND_LINE_BYTES = 65_600;
/** A UNICODE_STRING: length in bytes, capacity, address. */
const STRING_BYTES = 16;
/** In 64-bit Windows: PEB.ProcessParameters, RTL_USER_PROCESS_PARAMETERS.CommandLine. */
const PARAMETERS = 0x20n;
const COMMAND_LINE = 0x70n;

/** `handle`: one with which `pid` may be asked. Undefined where it is not told. */
export function commandLineOf(handle: Handle, pid: number): string | undefined {
  const bytes = new Uint8Array(COMMAND_LINE_BYTES);
  const { NtQueryInformationProcess } = ntdll();
  const query = PROCESS_COMMAND_LINE_INFORMATION;
  const status = NtQueryInformationProcess(handle, query, bytes, bytes.length, new Uint32Array(1));
  if (status === STATUS_INVALID_INFO_CLASS) return inMemory(pid);
  if (status < 0) return undefined;
  const length = new DataView(bytes.buffer).getUint16(0, true);
  return textOf(bytes.subarray(STRING_BYTES, STRING_BYTES + length));
}

function inMemory(pid: number): string | undefined {
  const handle = kernel32().OpenProcess(PROCESS_VM_READ | PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) as Handle;
  if (handle === 0) return undefined;
  try {
    // Its second word is the address of the PEB.
    const basics = new BigUint64Array(6);
    const query = PROCESS_BASIC_INFORMATION;
    const { NtQueryInformationProcess } = ntdll();
    if (NtQueryInformationProcess(handle, query, basics, basics.byteLength, new Uint32Array(1)) < 0) return undefined;
    const parameters = read(handle, (basics[1] ?? 0n) + PARAMETERS, 8)?.getBigUint64(0, true);
    const line = parameters === undefined ? undefined : read(handle, parameters + COMMAND_LINE, STRING_BYTES);
    const text = line && read(handle, line.getBigUint64(8, true), line.getUint16(0, true));
    return text && textOf(new Uint8Array(text.buffer));
  } finally {
    closeHandle(handle);
  }
}

/** Undefined where it is not that process's, or it has ended. */
function read(handle: Handle, address: bigint, size: number): DataView<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(size);
  const done = kernel32().ReadProcessMemory(handle, address, bytes, size, new BigUint64Array(1));
  return done === 0 ? undefined : new DataView(bytes.buffer);
}

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-16le').decode(bytes);
