/**
 * CreateProcessW by hand, because neither way of Bun.spawn (libuv) will do: its attached children are in
 * a job that ends with us, and its detached ones have no console, without which PowerShell exits at once.
 * https://github.com/libuv/libuv/blob/v1.x/src/win/process.c
 *
 * A program is made inside of its Job Object, not put into it: whenever this process is killed, there is none that is
 * outside, and none that waits to be let go. Every Windows that Bun runs on can do so.
 * https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-updateprocthreadattribute
 */
import type { ProcessIdentity } from '../process.ts';
import type { CommandLine } from './command-line.ts';
import { environmentBlock } from './environment-block.ts';
import { closeHandle, type Handle, lastError, WindowsError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct, wide } from '../../api/windows/memory.ts';
import type { JobObject } from './job-object.ts';
import { startTimeOf, terminate } from './process-handle.ts';

const CREATE_NEW_PROCESS_GROUP = 0x200;
const CREATE_UNICODE_ENVIRONMENT = 0x400;
const EXTENDED_STARTUPINFO_PRESENT = 0x8_0000;
/** A console without a window: console programs need one, and Ctrl-C in ours does not reach it. */
const CREATE_NO_WINDOW = 0x800_0000;
const FLAGS = CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | CREATE_NO_WINDOW;
const STARTF_USESTDHANDLES = 0x100;
/** Documented for lpCommandLine, with its terminating zero; checked here because Wine takes more. */
const COMMAND_LINE_LIMIT = 32_767;
const ERROR_FILENAME_EXCED_RANGE = 206;
const PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x2_0002;
const PROC_THREAD_ATTRIBUTE_JOB_LIST = 0x2_000d;

export interface ProcessStart {
  readonly commandLine: CommandLine;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Handle;
  readonly stdout: Handle;
  readonly stderr: Handle;
  /** What it is in from its first instruction on, with all it starts. */
  readonly job?: JobObject;
}

export interface StartedProcess {
  readonly handle: Handle;
  readonly identity: ProcessIdentity;
}

/** Throws a WindowsError when Windows refuses. */
export function startProcess(start: ProcessStart): StartedProcess {
  const { handle, pid } = create(start);
  const startTime = startTimeOf(handle);
  if (startTime !== undefined) return { handle, identity: { pid, startTime } };
  const failure = lastError('GetProcessTimes');
  terminate(handle);
  closeHandle(handle);
  throw failure;
}

function create({ commandLine, cwd, env, stdin, stdout, stderr, job }: ProcessStart): { handle: Handle; pid: number } {
  const { length } = commandLine.text;
  if (length >= COMMAND_LINE_LIMIT)
    throw new WindowsError(
      'CreateProcessW',
      ERROR_FILENAME_EXCED_RANGE,
      `its command line has ${length} characters, and Windows takes ${COMMAND_LINE_LIMIT - 1}`,
    );
  // Without the list a child would also get every other inheritable handle of ours, sockets among them. Windows refuses
  // a handle listed twice.
  const lists: AttributeLists = [[PROC_THREAD_ATTRIBUTE_HANDLE_LIST, [...new Set([stdin, stdout, stderr])]]];
  if (job !== undefined) lists.push([PROC_THREAD_ATTRIBUTE_JOB_LIST, [job.handle]]);
  const attributes = attributeList(lists);
  const startup = new Struct(112)
    .setU32(0, 112)
    .setU32(60, STARTF_USESTDHANDLES)
    .setHandle(80, stdin)
    .setHandle(88, stdout)
    .setHandle(96, stderr)
    .setPointer(104, attributes.bytes);
  const information = new Struct(24);
  try {
    const done = kernel32().CreateProcessW(
      wide(commandLine.application),
      wide(commandLine.text),
      null,
      null,
      1,
      FLAGS,
      wide(environmentBlock(env)),
      wide(cwd),
      startup.bytes,
      information.bytes,
    );
    if (done === 0) throw lastError('CreateProcessW');
  } finally {
    kernel32().DeleteProcThreadAttributeList(attributes.bytes);
    // The attribute list has only their addresses: a use after the call keeps them from being collected too early.
    for (const handles of attributes.handles) handles.fill(0n);
  }
  closeHandle(information.i32(8) as Handle);
  return { handle: information.i32(0) as Handle, pid: information.u32(16) };
}

type AttributeLists = (readonly [attribute: number, handles: readonly Handle[]])[];

/** The attribute list refers to `handles`, it does not copy them. */
function attributeList(lists: AttributeLists): { readonly bytes: Uint8Array; readonly handles: BigInt64Array[] } {
  const size = new BigUint64Array(1);
  kernel32().InitializeProcThreadAttributeList(null, lists.length, 0, size);
  const bytes = new Uint8Array(Number(size[0]));
  if (kernel32().InitializeProcThreadAttributeList(bytes, lists.length, 0, size) === 0)
    throw lastError('InitializeProcThreadAttributeList');
  const handles = lists.map(([attribute, values]) => {
    const listed = BigInt64Array.from(values, BigInt);
    const { UpdateProcThreadAttribute } = kernel32();
    if (UpdateProcThreadAttribute(bytes, 0, attribute, listed, listed.byteLength, null, null) === 0)
      throw lastError('UpdateProcThreadAttribute');
    return listed;
  });
  return { bytes, handles };
}
