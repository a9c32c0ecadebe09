/** The body of `POST /exec`: the mode it names reads the rest. */
import { invalidRequest } from '../core/invalid-request.ts';
import type { JobSpec } from '../jobs/record.ts';
import type { Scope } from '../protocol/scope.ts';
import type { Checked, Modes, RequestBody } from './mode.ts';

const DEFAULT_MODE = 'shell';

/** What a key needs for the mode that the body names; an unknown one is refused later, in its own words. */
export const scopeOfExec = ({ mode = DEFAULT_MODE }: RequestBody, modes: Modes): Scope =>
  (typeof mode === 'string' ? modes.get(mode)?.scope : undefined) ?? 'run';

export function parseExecRequest(body: RequestBody, modes: Modes): Checked<JobSpec> {
  const name = body['mode'] ?? DEFAULT_MODE;
  if (typeof name !== 'string') return invalidRequest('mode must be a string');
  return modes.get(name)?.parse(body) ?? invalidRequest(`unsupported mode: ${name}`);
}
