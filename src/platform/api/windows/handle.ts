/** Kernel handles as numbers, and the error code of the last call. */
import { kernel32 } from './kernel32.ts';

export type Handle = number & { readonly __handle: unique symbol };

/** GetCurrentProcess() is documented to be this constant. */
export const CURRENT_PROCESS = -1 as Handle;

export class WindowsError extends Error {
  readonly call: string;
  readonly errorCode: number;

  constructor(call: string, errorCode: number, message = `${call} failed with Windows error ${errorCode}`) {
    super(message);
    this.call = call;
    this.errorCode = errorCode;
  }
}

/** To be called right after the call that failed: any other call may overwrite the code. */
export function lastError(call: string): WindowsError {
  return new WindowsError(call, kernel32().GetLastError());
}

/** 0 and -1 (INVALID_HANDLE_VALUE) both mean failure: which one depends on the call. */
export function checkedHandle(call: string, value: number): Handle {
  if (value === 0 || value === -1) throw lastError(call);
  return value as Handle;
}

export function closeHandle(handle: Handle): void {
  kernel32().CloseHandle(handle);
}

const DUPLICATE_SAME_ACCESS = 0x2;

/** A second handle to the same object in another process's table; the number counts only there. */
export function duplicateInto(target: Handle, handle: Handle): number {
  const copy = new BigInt64Array(1);
  const done = kernel32().DuplicateHandle(CURRENT_PROCESS, handle, target, copy, 0, 0, DUPLICATE_SAME_ACCESS);
  if (done === 0) throw lastError('DuplicateHandle');
  return Number(copy[0]);
}
