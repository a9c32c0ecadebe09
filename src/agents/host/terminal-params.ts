/** Parameters of `terminal/*`, checked: an agent may send anything. Null is as good as absent, as in the protocol's schema. */
import type { CreateTerminalRequest } from '@agentclientprotocol/sdk';
import { environmentProblem } from '../../core/environment.ts';
import { ok, type Result } from '../../core/failure.ts';
import { isObject } from '../is-object.ts';
import { terminalFailure, type TerminalFailure } from './terminal-failure.ts';

/** Of output that an agent does not limit. */
export const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
/** No terminal keeps more, whatever the agent asks for. */
export const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export type CreateParams = Required<Pick<CreateTerminalRequest, 'command' | 'args'>> & {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** Bytes. */
  readonly outputByteLimit: number;
};

type Checked<Value> = Result<Value, TerminalFailure>;

export function parseCreateParams(params: unknown): Checked<CreateParams> {
  if (!isObject(params)) return invalid('the parameters must be an object');
  const { command, args, cwd, outputByteLimit } = params;
  if (!isText(command) || command.trim() === '') return invalid('command must be a string that is not empty');
  const words = args ?? [];
  if (!Array.isArray(words) || !words.every(isText)) return invalid('args must be an array of strings');
  const folder = cwd ?? '';
  if (!isText(folder)) return invalid('cwd must be a string');
  const limit = outputByteLimit ?? DEFAULT_OUTPUT_BYTES;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0)
    return invalid('outputByteLimit must be a whole number of bytes');
  const env = parseVariables(params['env'] ?? []);
  if (!env.ok) return env;
  return ok({
    command,
    args: words,
    env: env.value,
    cwd: folder === '' ? undefined : folder,
    outputByteLimit: Math.min(limit, MAX_OUTPUT_BYTES),
  });
}

export function parseTerminalId(params: unknown): Checked<string> {
  const id = isObject(params) ? params['terminalId'] : undefined;
  return typeof id === 'string' ? ok(id) : invalid('terminalId must be a string');
}

function parseVariables(env: unknown): Checked<Readonly<Record<string, string>>> {
  const wrong = 'env must be an array of {"name", "value"} with strings in them';
  if (!Array.isArray(env)) return invalid(wrong);
  const variables: [string, string][] = [];
  for (const one of env as unknown[]) {
    if (!isObject(one) || !isText(one['name']) || !isText(one['value'])) return invalid(wrong);
    variables.push([one['name'], one['value']]);
  }
  // By definition, not by assignment: a variable may have the name `__proto__`.
  const byName = Object.fromEntries(variables);
  const problem = environmentProblem(byName);
  return problem === undefined ? ok(byName) : invalid(problem);
}

/** No argument, path or variable of any system can have a NUL in it. */
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

const invalid = (detail: string) => terminalFailure('params-invalid', detail);
