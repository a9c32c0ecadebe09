/** Builds the part of the jobs' room that sees the processes of the machine. */
import { SUPERVISOR_VARIABLE } from '../core/environment.ts';
import { processRoutes } from '../http/processes/routes.ts';
import { jobProcessesOf } from '../jobs/processes/job-processes.ts';
import type { JobManager } from '../jobs/manager.ts';
import { ProcessList } from '../jobs/processes/process-list.ts';
import { createMachineProcesses } from '../platform/processes/index.ts';
import type { Base, Feature, PortsOfProcesses } from './feature.ts';

/** Process 0, the first one, and that of the kernel of Windows. */
const SYSTEM = [0, 1, 4];

export function openProcesses(
  { clock, env }: Base,
  scope: AsyncDisposableStack,
  jobs: JobManager,
  ports: PortsOfProcesses,
): Feature {
  const supervisor = env[SUPERVISOR_VARIABLE] === undefined ? [] : [process.ppid];
  const processes = scope.use(
    new ProcessList({
      machine: createMachineProcesses(),
      jobs: jobProcessesOf(jobs),
      ports: () => ports.listening(),
      clock,
      untouchable: new Set([...SYSTEM, process.pid, ...supervisor]),
    }),
  );
  return { routes: [processRoutes(processes, ports.mayKnow)] };
}
