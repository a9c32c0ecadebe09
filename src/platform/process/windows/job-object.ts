/**
 * A Job Object around everything a command starts: no process can leave it, whatever its parent is.
 * That of a job lets its processes outlive the server; that of a shell which is kept is kill-on-close, so that the shell
 * ends with the server, however that ends.
 * https://learn.microsoft.com/windows/win32/procthread/job-objects
 */
import { checkedHandle, closeHandle, duplicateInto, type Handle, lastError } from '../../api/windows/handle.ts';
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
  readonly #handle: Handle;

  private constructor(handle: Handle) {
    this.#handle = handle;
  }

  static create(treeId: string): JobObject {
    return new JobObject(checkedHandle('CreateJobObjectW', kernel32().CreateJobObjectW(null, wide(nameOf(treeId)))));
  }

  /** Ends all processes in it when its last handle is closed: ours, with this process. */
  static createBound(treeId: string): JobObject {
    const job = JobObject.create(treeId);
    const limits = new Struct(EXTENDED_LIMIT_BYTES).setU32(LIMIT_FLAGS_OFFSET, KILL_ON_JOB_CLOSE);
    const done = kernel32().SetInformationJobObject(
      job.#handle,
      EXTENDED_LIMIT_INFORMATION,
      limits.bytes,
      EXTENDED_LIMIT_BYTES,
    );
    if (done !== 0) return job;
    const failure = lastError('SetInformationJobObject');
    job.close();
    throw failure;
  }

  static open(treeId: string): JobObject | undefined {
    const value = kernel32().OpenJobObjectW(JOB_OBJECT_QUERY_AND_TERMINATE, 0, wide(nameOf(treeId)));
    return value === 0 ? undefined : new JobObject(value as Handle);
  }

  /** Puts a process into it that has not run yet. */
  enclose(process: Handle): void {
    // Refused only inside a job that forbids nesting, which Windows has allowed since version 8.
    if (kernel32().AssignProcessToJobObject(this.#handle, process) === 0) throw lastError('AssignProcessToJobObject');
  }

  /**
   * Gives the process a handle to its own job, because the name of a job lasts as long as its last handle: so the next
   * server can still open it, as long as the shell runs.
   */
  shareHandleWith(process: Handle): void {
    duplicateInto(process, this.#handle);
  }

  terminate(): void {
    kernel32().TerminateJobObject(this.#handle, TERMINATED_CODE);
  }

  activeProcesses(): number {
    const accounting = new Struct(48);
    const done = kernel32().QueryInformationJobObject(
      this.#handle,
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
    kernel32().QueryInformationJobObject(this.#handle, BASIC_PROCESS_ID_LIST, list.bytes, size, null);
    return Array.from({ length: Math.min(list.u32(4), LISTED_PROCESSES) }, (_, index) => list.u32(8 + 8 * index));
  }

  close(): void {
    closeHandle(this.#handle);
  }
}

/** `Local\` is the logon session's own namespace: no right to create global objects is needed. */
function nameOf(treeId: string): string {
  return `Local\\agent-server-${treeId}`;
}
