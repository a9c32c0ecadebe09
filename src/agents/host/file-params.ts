/** Parameters of `fs/*`, checked: an agent may send anything. Null is as good as absent, as in the protocol's schema. */
import { ok, type Result } from '../../core/failure.ts';
import { isObject } from '../is-object.ts';
import { fileFailure, type FileFailure } from './file-failure.ts';

export interface ReadParams {
  readonly path: string;
  /** From 1; 0, which the schema allows, is the first one too. */
  readonly line: number;
  /** How many lines at most. */
  readonly limit: number;
}

export interface WriteParams {
  readonly path: string;
  readonly content: string;
}

type Checked<Value> = Result<Value, FileFailure>;

export function parseReadParams(params: unknown): Checked<ReadParams> {
  const path = pathOf(params);
  if (!path.ok) return path;
  const { line, limit } = params as { readonly line?: unknown; readonly limit?: unknown };
  const [first, most] = [line ?? 1, limit ?? Infinity];
  if (!isCount(first)) return invalid('line must be a whole number');
  if (!isCount(most) && most !== Infinity) return invalid('limit must be a whole number');
  return ok({ path: path.value, line: first, limit: most });
}

export function parseWriteParams(params: unknown): Checked<WriteParams> {
  const path = pathOf(params);
  if (!path.ok) return path;
  const { content } = params as { readonly content?: unknown };
  return typeof content === 'string' ? ok({ path: path.value, content }) : invalid('content must be a string');
}

function pathOf(params: unknown): Checked<string> {
  if (!isObject(params)) return invalid('the parameters must be an object');
  const { path } = params;
  return typeof path === 'string' && path !== '' ? ok(path) : invalid('path must be a string that is not empty');
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const invalid = (detail: string) => fileFailure('params-invalid', detail);
