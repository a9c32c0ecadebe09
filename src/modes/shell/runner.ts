/** `mode: shell`: one command through the platform's own shell, in a process of its own. */
import { resolve } from 'node:path';
import type { Runner } from '../../jobs/runner.ts';
import type { Processes } from '../../platform/process/process.ts';
import { PLAN_UNREADABLE } from '../mode.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { adoption, running, spawnFiles } from '../spawned-run.ts';
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
        inputPath: folder.stdin,
        ...spawnFiles(jobId, folder),
      });
      return 'reason' in started ? { refused: spawnRefusal(started) } : running(started, graceMs);
    },
    async adopt(request, process) {
      return running(await processes.adopt(adoption(request, process)), graceMs);
    },
  };
}
