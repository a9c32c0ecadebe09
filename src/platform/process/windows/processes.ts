/**
 * Processes on Windows.
 *
 * spawn: pipe and files → bound Job Object → cmd.exe in it → a handle to the job for cmd.exe → free. Nothing of a tree can
 * be outside the job, because nothing runs before it is inside; and where the server is killed on the way, either
 * nothing is left, or what the next server can find.
 */
import type {
  AdoptRequest,
  ManagedProcess,
  ProcessIdentity,
  Processes,
  SpawnFailure,
  SpawnRequest,
} from '../process.ts';
import { readExitFile } from '../exit-file.ts';
import { isBatchFile } from '../../programs/windows/batch-file.ts';
import { commandLineOf } from './command-line-of.ts';
import { startProcess } from './create-process.ts';
import { awaitExitFile } from './exit-file.ts';
import { ExitWatch } from './exit-watch.ts';
import { closeHandle, type Handle, WindowsError } from '../../api/windows/handle.ts';
import { InputPipe } from '../../pipes/windows/input-pipe.ts';
import { JobObject } from './job-object.ts';
import { WindowsProcess } from './managed-process.ts';
import { openForAppend, openNullForRead } from '../../pipes/windows/open-file.ts';
import { GoneProcess } from './gone-process.ts';
import { openProcess } from './process-handle.ts';
import { shellOf } from './job-shell.ts';
import type { SendBreak } from './signals.ts';
import { folderRefusal } from './working-folder.ts';
import { ExitRecorderLink, type ExitRecorderProgram } from './exit-recorder-link.ts';

export interface WindowsProcessesOptions {
  /** How to start a process that calls `runExitRecorder`. */
  readonly exitRecorder: ExitRecorderProgram;
  readonly sendBreak: SendBreak;
}

export function createWindowsProcesses(options: WindowsProcessesOptions): Processes {
  const watch = new ExitWatch();
  const exitRecorder = new ExitRecorderLink(options.exitRecorder);
  const { sendBreak } = options;
  return {
    spawn: (request) => spawn(request, watch, { link: exitRecorder, sendBreak }),
    adopt: (request) => adopt(request, watch, { link: exitRecorder, sendBreak }),
    async [Symbol.asyncDispose]() {
      exitRecorder.close();
    },
  };
}

/** What second processes do for a process. */
interface Helpers {
  readonly link: ExitRecorderLink;
  readonly sendBreak: SendBreak;
}

function spawn(request: SpawnRequest, watch: ExitWatch, helpers: Helpers): ManagedProcess | SpawnFailure {
  const { command } = request;
  const refusal = folderRefusal(request.cwd, typeof command === 'string' || isBatchFile(command[0]));
  if (refusal !== undefined) return refusal;
  const commandLine = commandLineOf(command, request.env);
  if (!commandLine.ok) return { reason: 'spawn-refused', detail: commandLine.failure.message };
  const inherited: Handle[] = [];
  const undo: (() => void)[] = [];
  try {
    const input = request.stdin === 'none' ? undefined : InputPipe.create();
    if (input !== undefined) undo.push(() => input.pipe.abandon());
    const stdin = input?.childEnd ?? openNullForRead();
    inherited.push(stdin);
    const stdout = openForAppend(request.stdoutPath);
    inherited.push(stdout);
    const stderr = openForAppend(request.stderrPath);
    inherited.push(stderr);
    const job = JobObject.createBound(request.treeId);
    undo.push(() => job.close());
    const { handle, identity } = startProcess({
      commandLine: commandLine.value,
      cwd: request.cwd,
      env: request.env,
      stdin,
      stdout,
      stderr,
      job,
    });
    job.shareHandleWith(handle);
    job.free();
    return new WindowsProcess({ identity, handle, job, input: input?.pipe }, watch, {
      ...helpers,
      exitPath: request.exitPath,
    });
  } catch (error) {
    for (const step of undo) step();
    if (error instanceof WindowsError) return { reason: 'spawn-refused', detail: error.message };
    throw error;
  } finally {
    for (const handle of inherited) closeHandle(handle);
  }
}

async function adopt(request: AdoptRequest, watch: ExitWatch, helpers: Helpers): Promise<ManagedProcess> {
  const job = JobObject.open(request.treeId);
  const identity = request.identity ?? identityFrom(job, request.exitPath);
  const handle = identity === undefined ? undefined : openProcess(identity);
  if (identity !== undefined && handle !== undefined) {
    const report = { ...helpers, exitPath: request.exitPath };
    return new WindowsProcess({ identity, handle, job, input: undefined }, watch, report);
  }
  return new GoneProcess(identity, job, await awaitExitFile(request.exitPath));
}

/** With an exit file the shell is gone, and the oldest process in its job is one that it left behind. */
function identityFrom(job: JobObject | undefined, exitPath: string): ProcessIdentity | undefined {
  return job === undefined || readExitFile(exitPath).known ? undefined : shellOf(job);
}
