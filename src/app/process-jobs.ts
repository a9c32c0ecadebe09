/** `mode: process`: jobs that are one program without a shell. */
import { createProcessRunner, isBatchFileOf } from '../modes/process/runner.ts';
import { parseProcessRequest } from '../modes/process/request.ts';
import { lookUpProgram, misreadsArguments } from '../platform/programs/index.ts';
import type { Base, Feature } from './feature.ts';

export function openProcessJobs({ config, commandEnv, processes, graceMs }: Base): Feature {
  const surroundings = { programs: { lookUpProgram, misreadsArguments }, baseEnv: commandEnv, cwd: config.cwd };
  const runner = createProcessRunner({ processes, graceMs, ...surroundings });
  const isBatchFile = isBatchFileOf(surroundings);
  return { modes: [{ name: 'process', parse: (body) => parseProcessRequest(body, isBatchFile), runner }] };
}
