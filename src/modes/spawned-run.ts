/** A job that is one spawned process with all it starts: what modes `shell` and `process` have in common. */
import type { JobFolder } from '../jobs/folder.ts';
import type { RunEnd, RunRequest, Running } from '../jobs/runner.ts';
import type { AdoptRequest, ManagedProcess, SpawnRequest } from '../platform/process/process.ts';

/** Where the process leaves and finds its files. */
export const spawnFiles = (jobId: string, folder: JobFolder) =>
  ({
    stdoutPath: folder.output('stdout'),
    stderrPath: folder.output('stderr'),
    exitPath: folder.exit,
    commandPath: folder.file('command'),
    programPath: folder.file('program'),
    treeId: jobId,
  }) satisfies Partial<SpawnRequest>;

export const adoption = ({ jobId, folder }: RunRequest, process: Running['process']): AdoptRequest => ({
  identity: process,
  inputPath: folder.stdin,
  exitPath: folder.exit,
  programPath: folder.file('program'),
  treeId: jobId,
});

/** `graceMs`: milliseconds between asking a tree to end and ending it. */
export function running(child: ManagedProcess, graceMs: number): Running {
  return {
    process: child.identity,
    ended: child.exited.then((exit): RunEnd => (exit.known ? { known: true, exitCode: exit.code } : exit)),
    write: (data, signal) => child.write(data, signal),
    signal: (name, target) => child.signal(name, target),
    closeInput: () => child.closeInput(),
    end: () => child.endTree(graceMs),
    release: () => child.release(),
  };
}
