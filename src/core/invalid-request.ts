/** A request whose content is wrong, with the sentence for its caller that says what. */
import { fail, type Failure } from './failure.ts';

export interface InvalidRequest extends Failure<'request-invalid'> {
  readonly detail: string;
}

export const invalidRequest = (detail: string): { readonly ok: false; readonly failure: InvalidRequest } =>
  fail({ reason: 'request-invalid', detail });
