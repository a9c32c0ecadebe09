/** Fields of `POST /exec` that several modes take, each with the sentence for what is wrong with it. */
import { environmentProblem } from '../core/environment.ts';
import { ok } from '../core/failure.ts';
import { invalidRequest } from '../core/invalid-request.ts';
import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from '../protocol/exec.ts';
import type { Checked, RequestBody } from './mode.ts';

/** Absent and null: no variables. */
export function parseEnv(env: unknown): Checked<Readonly<Record<string, string>>> {
  if (env === undefined || env === null) return ok({});
  const problem = environmentProblem(env);
  // What has no problem is an object of strings.
  return problem === undefined ? ok(env as Readonly<Record<string, string>>) : invalidRequest(problem);
}

export function parseCommand(command: unknown): Checked<string> {
  if (command === undefined || command === null || command === '') return invalidRequest('command is required');
  return typeof command === 'string' ? ok(command) : invalidRequest('command must be a string');
}

/** What says where and how long a command runs: the last fields to be checked in every mode. */
export interface RunFields {
  /** Empty: the server's own. */
  readonly workdir: string;
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly background: 'keep' | 'end';
}

/** `unlimited`: 0 seconds, the default then, are no limit. */
export function parseRunFields({ workdir, timeout, background }: RequestBody, limit?: 'unlimited'): Checked<RunFields> {
  const folder = workdir ?? '';
  if (typeof folder !== 'string') return invalidRequest('workdir must be a string');
  const isUnlimited = limit === 'unlimited';
  const seconds = timeout ?? (isUnlimited ? 0 : DEFAULT_TIMEOUT_SECONDS);
  const isInRange = typeof seconds === 'number' && seconds <= MAX_TIMEOUT_SECONDS && (seconds > 0 || isUnlimited);
  if (!isInRange || !(seconds >= 0))
    return invalidRequest(
      `timeout must be a number of seconds ${isUnlimited ? 'from 0' : 'above 0'} and at most ${MAX_TIMEOUT_SECONDS}`,
    );
  const leftovers = background ?? 'keep';
  if (leftovers !== 'keep' && leftovers !== 'end') return invalidRequest('background must be "keep" or "end"');
  return ok({ workdir: folder, timeoutMs: seconds * 1000, background: leftovers });
}
