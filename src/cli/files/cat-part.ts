/** Which part of a file `cat` shows, as its command line says it. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { UsageFailure } from '../command/usage.ts';
import { wholeNumber } from './walk-args.ts';

export type Part =
  | { readonly of: 'all' }
  /** From 1, `to` included. */
  | { readonly of: 'lines'; readonly from: number; readonly to: number }
  /** From 0, to the one before `end`. */
  | { readonly of: 'bytes'; readonly from: number; readonly end?: number };

export interface PartOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly range?: string | undefined;
}

const MAX = Number.MAX_SAFE_INTEGER;

export function partOf({ from, to, range }: PartOptions): Result<Part, UsageFailure> {
  const wrong = (message: string) => fail({ reason: 'usage', message } as const);
  if (range !== undefined) {
    if (from !== undefined || to !== undefined) return wrong('--range and --from or --to exclude each other');
    const [, begin = '', last = ''] = /^(\d+)-(\d*)$/.exec(range) ?? [];
    const first = wholeNumber(begin, 0, MAX);
    const end = last === '' ? undefined : wholeNumber(last, first ?? 0, MAX - 1);
    if (first === undefined || (last !== '' && end === undefined))
      return wrong('--range must look like FIRST-LAST or FIRST-, in bytes from 0');
    return ok({ of: 'bytes', from: first, ...(end !== undefined && { end: end + 1 }) });
  }
  if (from === undefined && to === undefined) return ok({ of: 'all' });
  const first = wholeNumber(from ?? '1', 1, MAX);
  if (first === undefined) return wrong('--from must be a number of a line, from 1');
  const last = to === undefined ? MAX : wholeNumber(to, first, MAX);
  return last === undefined
    ? wrong('--to must be a number of a line, and not before --from')
    : ok({ of: 'lines', from: first, to: last });
}
