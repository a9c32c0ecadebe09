/** The body of `POST /terminals`, checked. */
import { fail, ok, type Result } from '../core/failure.ts';
import { ID_PATTERN } from '../core/id.ts';
import { TerminalRequest } from '../protocol/terminal.ts';
import type { TerminalRequest as RoomRequest } from '../terminals/registry.ts';
import type { JsonObject } from './body.ts';
import { parseEnv } from './exec-request.ts';
import type { HttpFailure } from './failures.ts';
import { validator } from './validate.ts';

const validate = validator(TerminalRequest);

export function parseTerminalRequest(body: JsonObject): Result<RoomRequest, HttpFailure> {
  // As everywhere on the wire, null is the same as absent.
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const env = parseEnv(given['env']);
  if (!env.ok) return env;
  const request = validate(given);
  if (!request.ok) return request;
  const flaw = nameFlaw(request.value.name);
  return flaw === undefined
    ? ok({ ...request.value, kind: 'kept' })
    : fail({ reason: 'request-invalid', detail: flaw });
}

function nameFlaw(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  // A URL cannot name these: every client takes them for folders.
  if (name === '.' || name === '..') return 'name may not be "." or ".."';
  if (ID_PATTERN.test(name)) return 'name may not look like an id: 12 hex digits';
  return /\p{Cc}/u.test(name) ? 'name may not hold control characters' : undefined;
}
