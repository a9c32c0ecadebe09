/** `mode: shell`: its fields, checked in the inherited order, and the plan that is made of them. */
import { ok } from '../../core/failure.ts';
import type { JobSpec } from '../../jobs/record.ts';
import { parseCommand, parseEnv, parseRunFields } from '../fields.ts';
import type { Checked, ReadPlan, RequestBody } from '../mode.ts';
import { isStrings } from '../plan.ts';

/** What a shell job needs to start, kept with the job so that a queued one survives a restart. */
export interface ShellPlan {
  readonly command: string;
  /** Empty: the server's own. */
  readonly workdir: string;
  /** Laid over the server's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export function parseShellRequest(body: RequestBody): Checked<JobSpec> {
  const env = parseEnv(body['env']);
  if (!env.ok) return env;
  const command = parseCommand(body['command']);
  if (!command.ok) return command;
  const run = parseRunFields(body);
  if (!run.ok) return run;
  const { workdir, timeoutMs, background } = run.value;
  const plan: ShellPlan = { command: command.value, workdir, env: env.value };
  return ok({ mode: 'shell', command: command.value, timeoutMs, background, plan: { ...plan }, labels: {} });
}

export const readShellPlan: ReadPlan<ShellPlan> = ({ command, workdir, env }) =>
  typeof command === 'string' && typeof workdir === 'string' && isStrings(env) ? { command, workdir, env } : undefined;
