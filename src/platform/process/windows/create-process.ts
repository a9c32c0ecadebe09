/**
 * CreateProcessW by hand, because neither way of Bun.spawn (libuv) will do: its attached children are in
 * a job that ends with us, and its detached ones have no console, without which PowerShell exits at once.
 * https://github.com/libuv/libuv/blob/v1.x/src/win/process.c
 */
import type { ProcessIdentity } from '../process.ts';
import type { CommandLine } from './command-line.ts';
import { environmentBlock } from './environment-block.ts';
import { closeHandle, type Handle, lastError, WindowsError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct, wide } from '../../api/windows/memory.ts';
import { startTimeOf, terminate } from './process-handle.ts';

const CREATE_SUSPENDED = 0x4;
const CREATE_NEW_PROCESS_GROUP = 0x200;
const CREATE_UNICODE_ENVIRONMENT = 0x400;
const EXTENDED_STARTUPINFO_PRESENT = 0x8_0000;
/** A console without a window: console programs need one, and Ctrl-C in ours does not reach it. */
const CREATE_NO_WINDOW = 0x800_0000;
const FLAGS =
  CREATE_SUSPENDED |
  CREATE_NEW_PROCESS_GROUP |
  CREATE_UNICODE_ENVIRONMENT |
  EXTENDED_STARTUPINFO_PRESENT |
  CREATE_NO_WINDOW;
const STARTF_USESTDHANDLES = 0x100;
/** Documented for lpCommandLine, with its terminating zero; checked here because Wine takes more. */
const COMMAND_LINE_LIMIT = 32_767;
const ERROR_FILENAME_EXCED_RANGE = 206;
const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x2_0002;

export interface ProcessStart {
  readonly commandLine: CommandLine;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Handle;
  readonly stdout: Handle;
  readonly stderr: Handle;
  /** Called while the process exists but has not run a single instruction. Throwing ends it. */
  readonly beforeRun?: (process: Handle) => void;
}

export interface StartedProcess {
  readonly handle: Handle;
  readonly identity: ProcessIdentity;
}

/** Throws a WindowsError when Windows refuses. */
export function startProcess(start: ProcessStart): StartedProcess {
  const created = createSuspended(start);
  try {
    start.beforeRun?.(created.handle);
    const startTime = startTimeOf(created.handle);
    if (startTime === undefined) throw lastError('GetProcessTimes');
    if (kernel32().ResumeThread(created.thread) === 0xffff_ffff) throw lastError('ResumeThread');
    return { handle: created.handle, identity: { pid: created.pid, startTime } };
  } catch (error) {
    terminate(created.handle);
    closeHandle(created.handle);
    throw error;
  } finally {
    closeHandle(created.thread);
  }
}

function createSuspended(start: ProcessStart): { handle: Handle; thread: Handle; pid: number } {
  const { length } = start.commandLine.text;
  if (length >= COMMAND_LINE_LIMIT)
    throw new WindowsError(
      'CreateProcessW',
      ERROR_FILENAME_EXCED_RANGE,
      `its command line has ${length} characters, and Windows takes ${COMMAND_LINE_LIMIT - 1}`,
    );
  const inherited = inheritOnly([start.stdin, start.stdout, start.stderr]);
  const startup = new Struct(112)
    .setU32(0, 112)
    .setU32(60, STARTF_USESTDHANDLES)
    .setHandle(80, start.stdin)
    .setHandle(88, start.stdout)
    .setHandle(96, start.stderr)
    .setPointer(104, inherited.bytes);
  const information = new Struct(24);
  try {
    const done = kernel32().CreateProcessW(
      wide(start.commandLine.application),
      wide(start.commandLine.text),
      null,
      null,
      1,
      FLAGS,
      wide(environmentBlock(start.env)),
      wide(start.cwd),
      startup.bytes,
      information.bytes,
    );
    if (done === 0) throw lastError('CreateProcessW');
  } finally {
    kernel32().DeleteProcThreadAttributeList(inherited.bytes);
    // The attribute list has only its address: a use after the call keeps it from being collected too early.
    inherited.handles.fill(0n);
  }
  return { handle: information.i32(0) as Handle, thread: information.i32(8) as Handle, pid: information.u32(16) };
}

/** Without the list a child would also get every other inheritable handle of ours, sockets among them. */
function inheritOnly(handles: readonly Handle[]): { readonly bytes: Uint8Array; readonly handles: BigInt64Array } {
  const size = new BigUint64Array(1);
  kernel32().InitializeProcThreadAttributeList(null, 1, 0, size);
  const bytes = new Uint8Array(Number(size[0]));
  if (kernel32().InitializeProcThreadAttributeList(bytes, 1, 0, size) === 0)
    throw lastError('InitializeProcThreadAttributeList');
  // The attribute list refers to these, it does not copy them. Windows refuses a handle listed twice.
  const listed = BigInt64Array.from(new Set(handles), BigInt);
  const done = kernel32().UpdateProcThreadAttribute(
    bytes,
    0,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
    listed,
    listed.byteLength,
    null,
    null,
  );
  if (done === 0) throw lastError('UpdateProcThreadAttribute');
  return { bytes, handles: listed };
}
