/**
 * The part of kernel32.dll that managed processes need, as a typed table.
 *
 * Handles are declared `i32` where they come back and `i64` where they go in: Windows guarantees that
 * only their low 32 bits matter and that they may be sign-extended, and a plain number is
 * the simplest in JavaScript. https://learn.microsoft.com/windows/win32/winprog64/interprocess-communication
 */
import { dlopen } from 'bun:ffi';

const table = {
  AssignProcessToJobObject: { args: ['i64', 'i64'], returns: 'i32' },
  AttachConsole: { args: ['u32'], returns: 'i32' },
  CancelIoEx: { args: ['i64', 'ptr'], returns: 'i32' },
  CloseHandle: { args: ['i64'], returns: 'i32' },
  ConnectNamedPipe: { args: ['i64', 'ptr'], returns: 'i32' },
  CreateFileW: { args: ['ptr', 'u32', 'u32', 'ptr', 'u32', 'u32', 'i64'], returns: 'i32' },
  CreateJobObjectW: { args: ['ptr', 'ptr'], returns: 'i32' },
  CreateNamedPipeW: { args: ['ptr', 'u32', 'u32', 'u32', 'u32', 'u32', 'u32', 'ptr'], returns: 'i32' },
  CreateProcessW: { args: ['ptr', 'ptr', 'ptr', 'ptr', 'i32', 'u32', 'ptr', 'ptr', 'ptr', 'ptr'], returns: 'i32' },
  CreateToolhelp32Snapshot: { args: ['u32', 'u32'], returns: 'i32' },
  DeleteProcThreadAttributeList: { args: ['ptr'], returns: 'void' },
  DuplicateHandle: { args: ['i64', 'i64', 'i64', 'ptr', 'u32', 'i32', 'u32'], returns: 'i32' },
  FreeConsole: { args: [], returns: 'i32' },
  GenerateConsoleCtrlEvent: { args: ['u32', 'u32'], returns: 'i32' },
  GetConsoleProcessList: { args: ['ptr', 'u32'], returns: 'u32' },
  GetExitCodeProcess: { args: ['i64', 'ptr'], returns: 'i32' },
  GetFileAttributesW: { args: ['ptr'], returns: 'u32' },
  GetLastError: { args: [], returns: 'u32' },
  GetOverlappedResult: { args: ['i64', 'ptr', 'ptr', 'i32'], returns: 'i32' },
  GetProcessTimes: { args: ['i64', 'ptr', 'ptr', 'ptr', 'ptr'], returns: 'i32' },
  GetStdHandle: { args: ['u32'], returns: 'i32' },
  InitializeProcThreadAttributeList: { args: ['ptr', 'u32', 'u32', 'ptr'], returns: 'i32' },
  MoveFileExW: { args: ['ptr', 'ptr', 'u32'], returns: 'i32' },
  OpenJobObjectW: { args: ['u32', 'i32', 'ptr'], returns: 'i32' },
  OpenProcess: { args: ['u32', 'i32', 'u32'], returns: 'i32' },
  Process32FirstW: { args: ['i64', 'ptr'], returns: 'i32' },
  Process32NextW: { args: ['i64', 'ptr'], returns: 'i32' },
  QueryFullProcessImageNameW: { args: ['i64', 'u32', 'ptr', 'ptr'], returns: 'i32' },
  QueryInformationJobObject: { args: ['i64', 'i32', 'ptr', 'u32', 'ptr'], returns: 'i32' },
  ReadFile: { args: ['i64', 'ptr', 'u32', 'ptr', 'ptr'], returns: 'i32' },
  ReadProcessMemory: { args: ['i64', 'u64', 'ptr', 'u64', 'ptr'], returns: 'i32' },
  ResumeThread: { args: ['i64'], returns: 'u32' },
  SetInformationJobObject: { args: ['i64', 'i32', 'ptr', 'u32'], returns: 'i32' },
  TerminateJobObject: { args: ['i64', 'u32'], returns: 'i32' },
  TerminateProcess: { args: ['i64', 'u32'], returns: 'i32' },
  UpdateProcThreadAttribute: { args: ['ptr', 'u32', 'u64', 'ptr', 'u64', 'ptr', 'ptr'], returns: 'i32' },
  WaitForMultipleObjects: { args: ['u32', 'ptr', 'i32', 'u32'], returns: 'u32' },
  WaitForSingleObject: { args: ['i64', 'u32'], returns: 'u32' },
  WriteFile: { args: ['i64', 'ptr', 'u32', 'ptr', 'ptr'], returns: 'i32' },
} as const;

type Kernel32 = ReturnType<typeof dlopen<typeof table>>['symbols'];

let loaded: Kernel32 | undefined;

/** Loaded at the first call, so that this file can be imported where there is no kernel32. */
export function kernel32(): Kernel32 {
  return (loaded ??= dlopen('kernel32.dll', table).symbols);
}
