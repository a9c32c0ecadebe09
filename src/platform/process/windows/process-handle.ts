/** What a handle to a process shows: whether it has ended, with which code, and when it was started. */
import type { ProcessIdentity } from '../process.ts';
import { closeHandle, type Handle } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';

const PROCESS_TERMINATE = 0x1;
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const SYNCHRONIZE = 0x10_0000;
const WAIT_OBJECT_0 = 0;
const WAIT_TIMEOUT = 258;
/** MAXIMUM_WAIT_OBJECTS. */
const WAIT_LIMIT = 64;
/** What taskkill /F and the Task Manager leave behind, too. */
export const TERMINATED_CODE = 1;

/** Undefined when that process has gone. While the handle is open the exit code stays readable. */
export function openProcess(identity: ProcessIdentity): Handle | undefined {
  const handle = openAny(identity.pid);
  if (handle === undefined) return undefined;
  // The pid may belong to another process by now: only together with the creation time it identifies one.
  if (startTimeOf(handle) === identity.startTime) return handle;
  closeHandle(handle);
  return undefined;
}

export function openAny(pid: number): Handle | undefined {
  const value = kernel32().OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE | PROCESS_TERMINATE, 0, pid);
  return value === 0 ? undefined : (value as Handle);
}

/** Creation time as FILETIME (100 ns since 1601), in decimal. Undefined when Windows refuses. */
export function startTimeOf(handle: Handle): string | undefined {
  const created = new BigUint64Array(1);
  const other = [new BigUint64Array(1), new BigUint64Array(1), new BigUint64Array(1)] as const;
  return kernel32().GetProcessTimes(handle, created, ...other) === 0 ? undefined : String(created[0]);
}

/** Not judged by the exit code: a process may end with 259 (STILL_ACTIVE), too. */
export function hasEnded(handle: Handle): boolean {
  return kernel32().WaitForSingleObject(handle, 0) === WAIT_OBJECT_0;
}

/** Of a process that has ended. Unsigned, so that 0xC0000005 reads as 3221225477 like everywhere else. */
export function exitCodeOf(handle: Handle): number | undefined {
  const code = new Uint32Array(1);
  return kernel32().GetExitCodeProcess(handle, code) === 0 ? undefined : code[0];
}

/**
 * Whether any of up to 64 processes may have ended, in one call: what makes a look at a thousand cheap.
 * Also true when Windows refuses, so that one bad handle cannot hide the others.
 */
export function anyEnded(handles: readonly Handle[]): boolean {
  if (handles.length === 0) return false;
  const list = BigInt64Array.from(handles, BigInt);
  return kernel32().WaitForMultipleObjects(list.length, list, 0, 0) !== WAIT_TIMEOUT;
}

export function* groupsOf(handles: readonly Handle[]): Generator<readonly Handle[]> {
  for (let from = 0; from < handles.length; from += WAIT_LIMIT) yield handles.slice(from, from + WAIT_LIMIT);
}

export function terminate(handle: Handle): void {
  kernel32().TerminateProcess(handle, TERMINATED_CODE);
}
