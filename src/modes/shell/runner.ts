/** `mode: shell`: one command through the platform's own shell, in a process of its own. */
import { resolve } from 'node:path';
import type { JobFolder } from '../../jobs/folder.ts';
import type { RunEnd, Runner, Running } from '../../jobs/runner.ts';
import type { ManagedProcess, Processes } from '../../platform/process/process.ts';
import { PLAN_UNREADABLE } from '../mode.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { readShellPlan } from './request.ts';

export interface ShellRunnerOptions {
  readonly processes: Processes;
  /** The server's environment without what a child must not see. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Where a command runs that names no `workdir`. */
  readonly cwd: string;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
}

export function createShellRunner({ processes, baseEnv, cwd, graceMs }: ShellRunnerOptions): Runner {
  return {
    start({ jobId, spec, folder }) {
      const plan = readShellPlan(spec.plan);
      if (plan === undefined) return { refused: PLAN_UNREADABLE };
      const started = processes.spawn({
        command: plan.command,
        cwd: resolve(cwd, plan.workdir),
        env: { ...baseEnv, ...plan.env },
        stdoutPath: folder.output('stdout'),
        stderrPath: folder.output('stderr'),
        inputPath: folder.stdin,
        exitPath: folder.exit,
        commandPath: folder.file('command'),
        treeId: jobId,
      });
      return 'reason' in started ? { refused: spawnRefusal(started) } : running(started, graceMs);
    },
    async adopt({ jobId, folder }, process) {
      return running(await processes.adopt(adoption(jobId, folder, process)), graceMs);
    },
  };
}

const adoption = (jobId: string, folder: JobFolder, process: Running['process']) => ({
  identity: process,
  inputPath: folder.stdin,
  exitPath: folder.exit,
  treeId: jobId,
});

function running(child: ManagedProcess, graceMs: number): Running {
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
