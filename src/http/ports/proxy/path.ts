/** Which port a request below `/ports/` means, and what of it stands behind our own part of the path. */
import { fail, ok, type Result } from '../../../core/failure.ts';
import { invalidRequest } from '../../../core/invalid-request.ts';
import type { AllowedPorts } from '../../../ports/allowed.ts';
import type { Caller } from '../../caller.ts';
import type { PortFailure } from '../failures.ts';

export const MAX_PORT = 65_535;

export interface PortPath {
  readonly port: number;
  /** Such as `/ports/3000`. */
  readonly prefix: string;
  /** Path and query of the target, with nothing decoded. */
  readonly rest: string;
}

const BEFORE = '/ports/';
const DIGITS = /^[1-9]\d{0,4}$/;

/** Only a port that the caller may reach. */
export function targetIn(request: Request, caller: Caller, allowed: AllowedPorts): Result<PortPath, PortFailure> {
  const { url } = request;
  const from = pathStart(url) + BEFORE.length;
  const fragment = url.indexOf('#', from);
  const end = fragment < 0 ? url.length : fragment;
  let to = from;
  while (to < end && url[to] !== '/' && url[to] !== '?') to += 1;
  const digits = url.slice(from, to);
  const rest = url.slice(to, end);
  const port = DIGITS.test(digits) ? Number(digits) : Number.NaN;
  if (!(port <= MAX_PORT)) return invalidRequest(`port must be a whole number from 1 to ${MAX_PORT}`);
  const permitted = allowed.check(port, caller.ports);
  return permitted.ok ? ok({ port, prefix: `/ports/${port}`, rest }) : fail(permitted.failure);
}

const pathStart = (url: string): number => url.indexOf('/', url.indexOf('//') + 2);
