/** Fields of `POST /exec` that several modes take, each with the sentence for what is wrong with it. */
import { environmentProblem } from '../core/environment.ts';
import { fail, ok } from '../core/failure.ts';
import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from '../protocol/exec.ts';
import type { Checked } from './mode.ts';

export const invalid = (detail: string) => fail({ reason: 'request-invalid', detail } as const);

/** Absent and null: no variables. */
export function parseEnv(env: unknown): Checked<Readonly<Record<string, string>>> {
  if (env === undefined || env === null) return ok({});
  const problem = environmentProblem(env);
  // What has no problem is an object of strings.
  return problem === undefined ? ok(env as Readonly<Record<string, string>>) : invalid(problem);
}

export function parseCommand(command: unknown): Checked<string> {
  if (command === undefined || command === null || command === '') return invalid('command is required');
  return typeof command === 'string' ? ok(command) : invalid('command must be a string');
}

/** Absent, null and empty: the server's own. */
export function parseWorkdir(workdir: unknown): Checked<string> {
  if (workdir === undefined || workdir === null) return ok('');
  return typeof workdir === 'string' ? ok(workdir) : invalid('workdir must be a string');
}

/** In milliseconds. */
export function parseTimeout(timeout: unknown): Checked<number> {
  const seconds = timeout ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > MAX_TIMEOUT_SECONDS) {
    return invalid(`timeout must be a number of seconds above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  return ok(seconds * 1000);
}

export function parseBackground(background: unknown): Checked<'keep' | 'end'> {
  if (background === undefined || background === null || background === 'keep') return ok('keep');
  return background === 'end' ? ok('end') : invalid('background must be "keep" or "end"');
}
