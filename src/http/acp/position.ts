/** How many messages a client says it has had: a whole number from 0. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { AcpFailure } from './failures.ts';

export function positionIn(headers: Headers, header: string): Result<number, AcpFailure> {
  const text = headers.get(header)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? ok(Number(text)) : fail({ reason: 'position-invalid', header });
}
