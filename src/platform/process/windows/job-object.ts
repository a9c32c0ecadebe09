/**
 * A Job Object around everything a command starts: no process can leave it, whatever its parent is.
 *
 *   bound ──free──▶ free
 *
 * Bound (kill-on-close) its processes end with the server, however that ends: those of a shell which is kept, until their
 * end. Free they outlive it: those of a job, from when they can be found again.
 * https://learn.microsoft.com/windows/win32/procthread/job-objects
 */
import {
  checkedHandle,
  closeHandle,
  duplicateInto,
  type Handle,
  lastError,
  WindowsError,
} from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { Struct, wide } from '../../api/windows/memory.ts';
import { TERMINATED_CODE } from './process-handle.ts';

const JOB_OBJECT_QUERY_AND_TERMINATE = 0x4 | 0x8;
const BASIC_ACCOUNTING_INFORMATION = 1;
const EXTENDED_LIMIT_INFORMATION = 9;
/** sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION) on 64-bit Windows. */
const EXTENDED_LIMIT_BYTES = 144;
const LIMIT_FLAGS_OFFSET = 16;
const KILL_ON_JOB_CLOSE = 0x2000;
const BASIC_PROCESS_ID_LIST = 3;
const ACTIVE_PROCESSES_OFFSET = 40;
/** A tree larger than this is still ended whole: the list is only needed to find its shell. */
const LISTED_PROCESSES = 1024;

export class JobObject {
  readonly handle: Handle;

  private constructor(handle: Handle) {
    this.handle = handle;
  }

  static create(treeId: string): JobObject {
    return new JobObject(checkedHandle('CreateJobObjectW', kernel32().CreateJobObjectW(null, wide(nameOf(treeId)))));
  }

  /** Ends all processes in it when its last handle is closed: ours, with this process. */
  static createBound(treeId: string): JobObject {
    const job = JobObject.create(treeId);
    try {
      job.#limit(KILL_ON_JOB_CLOSE);
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  static open(treeId: string): JobObject | undefined {
    const value = kernel32().OpenJobObjectW(JOB_OBJECT_QUERY_AND_TERMINATE, 0, wide(nameOf(treeId)));
    return value === 0 ? undefined : new JobObject(value as Handle);
  }

  /** Puts a process into it that was made elsewhere. */
  enclose(process: Handle): void {
    // Refused only inside a job that forbids nesting, which Windows has allowed since version 8.
    if (kernel32().AssignProcessToJobObject(this.handle, process) === 0) throw lastError('AssignProcessToJobObject');
  }

  /**
   * Gives the process a handle to its own job, because the name of a job lasts as long as its last handle: so the next
   * server can still open it, as long as the shell runs. Best effort: a process that ends already takes none.
   */
  shareHandleWith(process: Handle): void {
    try {
      duplicateInto(process, this.handle);
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error;
    }
  }

  /** From here on its processes outlive this one. */
  free(): void {
    this.#limit(0);
  }

  terminate(): void {
    kernel32().TerminateJobObject(this.handle, TERMINATED_CODE);
  }

  activeProcesses(): number {
    const accounting = new Struct(48);
    const done = kernel32().QueryInformationJobObject(
      this.handle,
      BASIC_ACCOUNTING_INFORMATION,
      accounting.bytes,
      48,
      null,
    );
    if (done === 0) throw lastError('QueryInformationJobObject');
    return accounting.u32(ACTIVE_PROCESSES_OFFSET);
  }

  processIds(): number[] {
    const size = 8 + 8 * LISTED_PROCESSES;
    const list = new Struct(size);
    // Also filled as far as it goes when it is too short, which then counts as a failure.
    kernel32().QueryInformationJobObject(this.handle, BASIC_PROCESS_ID_LIST, list.bytes, size, null);
    return Array.from({ length: Math.min(list.u32(4), LISTED_PROCESSES) }, (_, index) => list.u32(8 + 8 * index));
  }

  close(): void {
    closeHandle(this.handle);
  }

  #limit(flags: number): void {
    const limits = new Struct(EXTENDED_LIMIT_BYTES).setU32(LIMIT_FLAGS_OFFSET, flags);
    const { SetInformationJobObject } = kernel32();
    if (SetInformationJobObject(this.handle, EXTENDED_LIMIT_INFORMATION, limits.bytes, EXTENDED_LIMIT_BYTES) === 0)
      throw lastError('SetInformationJobObject');
  }
}

/** `Local\` is the logon session's own namespace: no right to create global objects is needed. */
function nameOf(treeId: string): string {
  return `Local\\agent-server-${treeId}`;
}

/** Pids of a tree, empty for one that is not there. */
export function membersOf(treeId: string): readonly number[] {
  const job = JobObject.open(treeId);
  if (job === undefined) return [];
  try {
    return job.processIds();
  } finally {
    job.close();
  }
}
