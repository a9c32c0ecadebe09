/**
 * How a resource answers its expected failures: one table from a failure's reason to the status and the sentence of the
 * answer. The statuses are literal types, so that the compiler holds each handler to the answers its route states.
 */
import { status, type ElysiaCustomStatusResponse } from 'elysia';
import type { Failure } from '../../core/failure.ts';
import type { ErrorBody } from '../../protocol/error.ts';
import { errorJson } from './json.ts';

interface Entry<F extends Failure> {
  readonly status: number;
  readonly error: string | ((failure: F) => string);
}

type Table<F extends Failure> = { readonly [Reason in F['reason']]: Entry<Extract<F, Failure<Reason>>> };

/** The answer to a failure, for a handler to return. */
type Refusal<Status> = Status extends number ? ElysiaCustomStatusResponse<Status, ErrorBody> : never;

export interface Refusals<F extends Failure, T extends Table<F>> {
  readonly refuse: <Reason extends F['reason']>(failure: Failure<Reason> & F) => Refusal<T[Reason]['status']>;
  readonly statusOf: (failure: F) => number;
  /** The whole answer, for what is refused outside of a handler. */
  readonly responseTo: (failure: F) => Response;
  /** The sentence alone, for an error frame of a socket. */
  readonly sentenceOf: (failure: F) => string;
}

export function refusals<F extends Failure>(): <const T extends Table<F>>(table: T) => Refusals<F, T> {
  return (table) => {
    const entryOf = (failure: F) => table[failure.reason as F['reason']] as unknown as Entry<F>;
    const sentenceOf = (failure: F) => {
      const { error } = entryOf(failure);
      return typeof error === 'string' ? error : error(failure);
    };
    const statusOf = (failure: F) => entryOf(failure).status;
    return {
      // The table's literal status is lost on the way through the look-up, not in the value.
      refuse: (failure) => status(statusOf(failure), { error: sentenceOf(failure) }) as never,
      statusOf,
      sentenceOf,
      responseTo: (failure) => errorJson(statusOf(failure), sentenceOf(failure)),
    };
  };
}
