/** A body as bytes, of any size: each piece is taken in before the next one is read, so that none pile up in memory. */
import { fail, ok, type Failure, type Result } from '../../core/failure.ts';
import { invalidRequest, type InvalidRequest } from '../../core/invalid-request.ts';
import { isRevoked } from '../caller.ts';
import { isPlain } from './body.ts';
import type { WireFailure } from './failures.ts';

/** What the request says that it has; undefined where it does not say. */
export function declaredLength(request: Request): number | undefined {
  const text = request.headers.get('content-length');
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export type RawBodyFailure =
  | InvalidRequest
  | Extract<WireFailure, { readonly reason: 'content-encoding-refused' | 'key-invalid' }>;

/** Ends with the first piece that is not taken, and refuses a body that is not whole, or whose key ends meanwhile. */
export async function readPieces<F extends Failure>(
  request: Request,
  take: (piece: Uint8Array) => Promise<Result<undefined, F>>,
): Promise<Result<undefined, F | RawBodyFailure>> {
  if (!isPlain(request)) return fail({ reason: 'content-encoding-refused' });
  const incomplete = invalidRequest('the body is incomplete');
  const declared = declaredLength(request);
  let bytes = 0;
  let isTaking = false;
  try {
    for await (const piece of request.body ?? []) {
      if (isRevoked(request)) return fail({ reason: 'key-invalid' });
      bytes += piece.length;
      isTaking = true;
      const taken = await take(piece);
      isTaking = false;
      if (!taken.ok) return taken;
    }
  } catch (error) {
    if (isTaking) throw error;
    // Otherwise it is the connection that throws.
    return incomplete;
  }
  if (isRevoked(request)) return fail({ reason: 'key-invalid' });
  return request.signal.aborted || (declared !== undefined && declared !== bytes) ? incomplete : ok(undefined);
}
