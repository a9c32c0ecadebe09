/** `mode: process`: one program with its arguments, without a shell. */
import { resolve } from 'node:path';
import { sleep } from '../../core/sleep.ts';
import type { RunEnd, Runner, RunRefusal, Running } from '../../jobs/runner.ts';
import type { ManagedProcess, Processes } from '../../platform/process/process.ts';
import type { Programs } from '../../platform/programs/programs.ts';
import { PLAN_UNREADABLE } from '../mode.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { adoption, running, spawnFiles } from '../spawned-run.ts';
import { readProcessPlan, type IsBatchFile } from './request.ts';

export interface ProcessRunnerOptions {
  readonly processes: Processes;
  readonly programs: Pick<Programs, 'lookUpProgram' | 'misreadsArguments'>;
  /** The server's environment without what a child must not see. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Where a program runs that names no `workdir`. */
  readonly cwd: string;
  /** Milliseconds between asking a tree to end and ending it. */
  readonly graceMs: number;
}

/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

/** A program is known some milliseconds after its start; on a full disk it never is. */
const LOOK_MS = 2;
const LOOKS = 500;

export const isBatchFileOf =
  ({ programs, baseEnv, cwd }: Omit<ProcessRunnerOptions, 'processes' | 'graceMs'>): IsBatchFile =>
  (program, env, workdir) => {
    const found = programs.lookUpProgram(program, { ...baseEnv, ...env }, resolve(cwd, workdir));
    return programs.misreadsArguments(found.ok ? found.value : program);
  };

export function createProcessRunner(options: ProcessRunnerOptions): Runner {
  const { processes, programs, baseEnv, cwd, graceMs } = options;
  return {
    start({ jobId, spec, folder }): Running | RunRefusal {
      const plan = readProcessPlan(spec.plan);
      if (plan === undefined) return { refused: PLAN_UNREADABLE };
      const env = { ...baseEnv, ...plan.env };
      const workdir = resolve(cwd, plan.workdir);
      const [program, ...args] = plan.argv;
      const found = programs.lookUpProgram(program, env, workdir);
      if (!found.ok) return { refused: `no such program: ${program}`, exitCode: NOT_FOUND };
      const started = processes.spawn({
        command: [found.value, ...args],
        cwd: workdir,
        env,
        stdin: plan.stdin,
        inputPath: folder.stdin,
        ...spawnFiles(jobId, folder),
      });
      if ('reason' in started) return { refused: spawnRefusal(started, 'program') };
      return runningProgram(started, graceMs);
    },
    async adopt(request, process) {
      return runningProgram(await processes.adopt(adoption(request, process)), graceMs);
    },
  };
}

async function programKnown(child: ManagedProcess): Promise<void> {
  const ended = child.exited.then(() => 'ended' as const);
  for (let look = 0; look < LOOKS && child.program() === undefined; look += 1)
    if ((await Promise.race([ended, sleep(LOOK_MS)])) === 'ended') return;
}

function runningProgram(child: ManagedProcess, graceMs: number): Running {
  const run = running(child, graceMs);
  const known = () => ({ ...child.program() });
  return {
    ...run,
    // Never the number of a shell that only waits for it.
    live: () => ({ pid: undefined, ...child.program() }),
    ended: run.ended.then((end): RunEnd => (end.known ? { ...end, results: known() } : end)),
    // Not to the shell that is about to become the program.
    signal: async (name, target) => programKnown(child).then(() => child.signal(name, target)),
    end: async () => {
      // Before its end: of a process that is gone some systems do not tell when it was started.
      const results = known();
      await child.endTree(graceMs);
      return { results };
    },
  };
}
