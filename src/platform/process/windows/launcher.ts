/**
 * Programs that are kept and end with the server: a shell of a session, which talks to us.
 *
 * launch: pipes → suspended program → into a Job Object that is kill-on-close → runs. Only this process holds the
 * job, so however it ends, the program and all it started end too.
 */
import type { LaunchRequest, Launcher, ManagedProcess, SpawnFailure } from '../process.ts';
import { isDirectory } from '../../files/directory.ts';
import { programCommandLine } from './command-line.ts';
import { startProcess } from './create-process.ts';
import { ExitWatch } from './exit-watch.ts';
import { closeHandle, type Handle, WindowsError } from '../../api/windows/handle.ts';
import { InputPipe } from '../../input/windows/input-pipe.ts';
import { JobObject } from './job-object.ts';
import { WindowsProcess } from './managed-process.ts';
import { openForAppend, openNullForRead } from '../../input/windows/output-file.ts';
import { OutputPipe } from '../../input/windows/output-pipe.ts';
import { endJob } from './tree.ts';

export function createWindowsLauncher(): Launcher {
  const watch = new ExitWatch();
  return {
    launch: (request) => launch(request, watch),
    async endLeftover(treeId) {
      const job = JobObject.open(treeId);
      if (job === undefined) return;
      await endJob(job);
      job.close();
    },
  };
}

async function launch(request: LaunchRequest, watch: ExitWatch): Promise<ManagedProcess | SpawnFailure> {
  if (!isDirectory(request.cwd)) return { reason: 'cwd-missing', cwd: request.cwd };
  const inherited: Handle[] = [];
  const undo: (() => void)[] = [];
  const inherit = (handle: Handle): Handle => {
    inherited.push(handle);
    return handle;
  };
  const openOutput = async (): Promise<{ readonly pipe: OutputPipe; readonly childEnd: Handle }> => {
    const output = await OutputPipe.create();
    inherit(output.childEnd);
    undo.push(() => output.pipe.abandon());
    return output;
  };
  try {
    const input = request.inputPath === undefined ? undefined : InputPipe.create();
    if (input !== undefined) undo.push(() => input.pipe.abandon());
    const stdin = inherit(input?.childEnd ?? openNullForRead());
    let stdout: Handle;
    let stderr: Handle;
    if (typeof request.messages === 'string') stdout = stderr = inherit(openForAppend(request.messages));
    else {
      const [out, err] = [await openOutput(), await openOutput()];
      [stdout, stderr] = [out.childEnd, err.childEnd];
      request.messages(out.pipe.stream, err.pipe.stream);
    }
    const job = JobObject.createBound(request.treeId);
    undo.push(() => job.close());
    const [program = '', ...args] = request.argv;
    const { handle, identity } = startProcess({
      commandLine: programCommandLine(program, args),
      cwd: request.cwd,
      env: request.env,
      stdin,
      stdout,
      stderr,
      beforeRun: (process) => job.enclose(process),
    });
    return new WindowsProcess({ identity, handle, job, input: input?.pipe }, watch);
  } catch (error) {
    for (const step of undo) step();
    if (error instanceof WindowsError) return { reason: 'spawn-refused', detail: error.message };
    throw error;
  } finally {
    for (const handle of inherited) closeHandle(handle);
  }
}
