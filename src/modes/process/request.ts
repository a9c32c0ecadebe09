/** `mode: process`: its fields, and the plan that is made of them. */
import { ok } from '../../core/failure.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import type { JobSpec } from '../../jobs/record.ts';
import { quote } from '../../platform/programs/shell-quote.ts';
import { JOB_NAME_PATTERN } from '../../protocol/process-job.ts';
import { parseEnv, parseRunFields } from '../fields.ts';
import type { Checked, ReadPlan, RequestBody } from '../mode.ts';
import { isStrings } from '../plan.ts';

/** What such a job needs to start, kept with the job so that a queued one survives a restart. */
export interface ProcessPlan {
  readonly argv: Argv;
  /** Empty: the server's own. */
  readonly workdir: string;
  /** Laid over the server's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'pipe' | 'none';
}

/** The program as it was asked for, and its arguments. */
export type Argv = readonly [program: string, ...args: string[]];

/** Whether the program would be a batch file, whose arguments cmd.exe reads once more (CVE-2024-27980). */
export type IsBatchFile = (program: string, env: ProcessPlan['env'], workdir: string) => boolean;

const NAME = new RegExp(JOB_NAME_PATTERN);
const BATCH_FILE = 'a batch file (.bat, .cmd) cannot be given arguments without a shell: use mode shell';

export function parseProcessRequest(body: RequestBody, isBatchFile: IsBatchFile): Checked<JobSpec> {
  const env = parseEnv(body['env']);
  if (!env.ok) return env;
  const { argv, stdin = 'pipe', name } = body;
  if (!isArgv(argv)) return invalidRequest('argv must be a list of strings, the first of them not empty');
  if (stdin !== 'pipe' && stdin !== 'none') return invalidRequest('stdin must be "pipe" or "none"');
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name)))
    return invalidRequest(
      'name must be 1 to 64 letters, digits, ".", "_" and "-", begin with a letter or digit, and not look like a job id',
    );
  const run = parseRunFields(body, 'unlimited');
  if (!run.ok) return run;
  const { workdir, timeoutMs, background } = run.value;
  if (argv.length > 1 && isBatchFile(argv[0], env.value, workdir)) return invalidRequest(BATCH_FILE);
  const plan: ProcessPlan = { argv, workdir, env: env.value, stdin };
  return ok({
    mode: 'process',
    command: argv.map(readable).join(' '),
    timeoutMs,
    background,
    plan: { ...plan },
    labels: {},
    argv,
    ...(name !== undefined && { name }),
  });
}

export const readProcessPlan: ReadPlan<ProcessPlan> = ({ argv, workdir, env, stdin }) =>
  isArgv(argv) && typeof workdir === 'string' && isStrings(env) && (stdin === 'pipe' || stdin === 'none')
    ? { argv, workdir, env, stdin }
    : undefined;

const isArgv = (value: unknown): value is Argv =>
  Array.isArray(value) && value.every((word) => typeof word === 'string') && value.length > 0 && value[0] !== '';

/** For people: as one would type it to a shell. */
const readable = (word: string): string => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : quote(word));
