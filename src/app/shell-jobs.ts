/** `mode: shell`: jobs in a process of their own. */
import { parseShellRequest } from '../modes/shell/request.ts';
import { createShellRunner } from '../modes/shell/runner.ts';
import type { Base, Feature } from './feature.ts';

export function openShellJobs({ config, commandEnv, processes, graceMs }: Base): Feature {
  const runner = createShellRunner({ processes, baseEnv: commandEnv, cwd: config.cwd, graceMs });
  return { modes: [{ name: 'shell', parse: parseShellRequest, runner }] };
}
