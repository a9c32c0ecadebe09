/**
 * Programs that end with the server, such as the shell of a session.
 *
 * launch: pipes → Job Object that is kill-on-close → program in it. Only this process has a handle to the job: however
 * this process ends, the program and all it has started end too.
 */
import type { Launched, LaunchRequest, Launcher, SpawnFailure } from '../process.ts';
import { isBatchFile } from '../../programs/windows/batch-file.ts';
import { commandLineOf } from './command-line-of.ts';
import { startProcess } from './create-process.ts';
import { ExitWatch } from './exit-watch.ts';
import { closeHandle, type Handle, WindowsError } from '../../api/windows/handle.ts';
import { emptyStream } from '../../pipes/empty-stream.ts';
import { InputPipe } from '../../pipes/windows/input-pipe.ts';
import { JobObject } from './job-object.ts';
import { WindowsProcess } from './managed-process.ts';
import { openNullForRead } from '../../pipes/windows/open-file.ts';
import { OutputPipe } from '../../pipes/windows/output-pipe.ts';
import { endJob } from './tree.ts';
import { folderRefusal } from './working-folder.ts';

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

async function launch(request: LaunchRequest, watch: ExitWatch): Promise<Launched | SpawnFailure> {
  const { argv, cwd } = request;
  const refusal = folderRefusal(cwd, typeof argv === 'string' || isBatchFile(argv[0] ?? ''));
  if (refusal !== undefined) return refusal;
  const commandLine = commandLineOf(argv, request.env);
  if (!commandLine.ok) return { reason: 'spawn-refused', detail: commandLine.failure.message };
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
    const stdout = await openOutput();
    const stderr = request.outputPath === undefined ? await openOutput() : undefined;
    const job = JobObject.createBound(request.treeId);
    undo.push(() => job.close());
    const { handle, identity } = startProcess({
      commandLine: commandLine.value,
      cwd: request.cwd,
      env: request.env,
      stdin,
      stdout: stdout.childEnd,
      stderr: stderr?.childEnd ?? stdout.childEnd,
      job,
    });
    const process = new WindowsProcess({ identity, handle, job, input: input?.pipe }, watch);
    return {
      process,
      stdin: { write: (data) => process.write(data), [Symbol.dispose]: () => process.closeInput() },
      stdout: stdout.pipe.stream,
      stderr: stderr?.pipe.stream ?? emptyStream(),
    };
  } catch (error) {
    for (const step of undo) step();
    if (error instanceof WindowsError) return { reason: 'spawn-refused', detail: error.message };
    throw error;
  } finally {
    for (const handle of inherited) closeHandle(handle);
  }
}
