/** The body of `POST /exec`: the mode it names reads the rest. */
import { invalidRequest } from '../core/invalid-request.ts';
import type { JobSpec } from '../jobs/record.ts';
import type { Checked, Modes, RequestBody } from './mode.ts';

const DEFAULT_MODE = 'shell';

export function parseExecRequest(body: RequestBody, modes: Modes): Checked<JobSpec> {
  const name = body['mode'] ?? DEFAULT_MODE;
  if (typeof name !== 'string') return invalidRequest('mode must be a string');
  return modes.get(name)?.parse(body) ?? invalidRequest(`unsupported mode: ${name}`);
}
