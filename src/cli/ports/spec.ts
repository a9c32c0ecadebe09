/** What `forward` is told to forward: `LOCAL:PORT`, or `PORT` for the same on both machines. `0:PORT`: any free port here. */
import { usage, type UsageFailure } from '../command/usage.ts';
import { ok, type Result } from '../../core/failure.ts';

export interface ForwardSpec {
  /** Of this machine; 0: any that is free. */
  readonly local: number;
  /** Of the server's machine. */
  readonly port: number;
}

const MAX_PORT = 65_535;

export function parseSpec(text: string): Result<ForwardSpec, UsageFailure> {
  const [, first, second] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const local = Number(first);
  const port = Number(second ?? first);
  if (first === undefined || local > MAX_PORT || port > MAX_PORT || port === 0)
    return usage(`${text} is no port to forward: give LOCAL:PORT or PORT, such as 5432:5432, 8080 or 0:3000`);
  return ok({ local, port });
}
