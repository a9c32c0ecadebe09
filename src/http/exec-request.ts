/**
 * The body of `POST /exec`, checked field by field in the order that inherited callers see: the first
 * thing wrong is the one that is told.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import type { JobSpec } from '../jobs/record.ts';
import type { ShellPlan } from '../modes/shell/runner.ts';
import { DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from '../protocol/exec.ts';
import type { JsonObject } from './body.ts';
import { parseSessionFields } from './session-fields.ts';
import type { HttpFailure } from './failures.ts';

type Checked<T> = Result<T, HttpFailure>;

const invalid = (detail: string) => fail({ reason: 'request-invalid', detail });

export interface Available {
  /** Whether this machine has a shell that can be kept. */
  readonly shells: boolean;
}

export function parseExecRequest(body: JsonObject, available: Available): Checked<JobSpec> {
  const mode = body['mode'] ?? 'shell';
  if (typeof mode !== 'string') return invalid('mode must be a string');
  if (mode !== 'shell' && mode !== 'persistent_shell') return invalid(`unsupported mode: ${mode}`);
  const env = parseEnv(body['env']);
  if (!env.ok) return env;
  if (mode === 'persistent_shell' && !available.shells) return invalid('persistent shell is not available');
  const { command } = body;
  if (command === undefined || command === null || command === '') return invalid('command is required');
  if (typeof command !== 'string') return invalid('command must be a string');
  const session = mode === 'persistent_shell' ? parseSessionFields(body) : undefined;
  if (session?.ok === false) return session;
  const workdir = body['workdir'] ?? '';
  if (typeof workdir !== 'string') return invalid('workdir must be a string');
  const timeoutMs = parseTimeout(body['timeout']);
  if (!timeoutMs.ok) return timeoutMs;
  const background = parseBackground(body['background'], mode);
  if (!background.ok) return background;
  const common = { command, timeoutMs: timeoutMs.value, background: background.value };
  const plan: ShellPlan = { command, workdir, env: env.value };
  if (session === undefined) return ok({ ...common, mode: 'shell', plan: { ...plan }, labels: {} });
  const { sessionKey, shell } = session.value;
  return ok({
    ...common,
    mode: 'persistent_shell',
    plan: { ...plan, ...session.value },
    labels: { sessionKey, shell },
  });
}

function parseBackground(background: unknown, mode: string): Checked<'keep' | 'end'> {
  if (background === undefined || background === null || background === 'keep') return ok('keep');
  if (background !== 'end') return invalid('background must be "keep" or "end"');
  return mode === 'shell'
    ? ok('end')
    : invalid('background "end" is for shell jobs: a session keeps what its commands started until it is deleted');
}

/** Absent and null: no variables. */
export function parseEnv(env: unknown): Checked<Record<string, string>> {
  if (env === undefined || env === null) return ok({});
  const refused = invalid('env must be an object of string key/value pairs');
  if (typeof env !== 'object' || Array.isArray(env)) return refused;
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string') return refused;
    if (name === '' || name.includes('=')) return invalid('env: a name may not be empty or contain "="');
  }
  return ok(env as Record<string, string>);
}

function parseTimeout(timeout: unknown): Checked<number> {
  const seconds = timeout ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > MAX_TIMEOUT_SECONDS) {
    return invalid(`timeout must be a number of seconds above 0 and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  return ok(seconds * 1000);
}
