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

const PATH = /^\/ports\/([^/?#]*)([^#]*)/;

/** Only a port that the caller may reach. */
export function targetIn(request: Request, caller: Caller, allowed: AllowedPorts): Result<PortPath, PortFailure> {
  const [, digits = '', rest = ''] = PATH.exec(request.url.slice(pathStart(request.url))) ?? [];
  const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(port <= MAX_PORT)) return invalidRequest(`port must be a whole number from 1 to ${MAX_PORT}`);
  const permitted = allowed.check(port, caller.ports);
  return permitted.ok ? ok({ port, prefix: `/ports/${port}`, rest }) : fail(permitted.failure);
}

const pathStart = (url: string): number => url.indexOf('/', url.indexOf('//') + 2);
