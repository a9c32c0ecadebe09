/**
 * Where the body of an answer ends, which its head says (RFC 9112, 6.3). A target whose word on that
 * can be read in two ways is not believed at all: what one takes for a body, another takes for the next answer.
 */
import { ok, type Result } from '../../core/failure.ts';
import type { Body, Taken } from './body.ts';
import { ChunkedBody } from './chunked.ts';
import { wrongAnswer, type AnswerHead, type WrongAnswer } from './head.ts';

/** Of these an answer has no body, whatever it says. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export function bodyOf({ status, fields }: AnswerHead, method: string): Result<Body, WrongAnswer> {
  let length: string | undefined;
  let coding: string | undefined;
  for (const [name, value] of fields) {
    if (name === 'content-length') {
      if (length !== undefined) return wrongAnswer('it states its length twice');
      length = value;
    } else if (name === 'transfer-encoding') coding = coding === undefined ? value : `${coding}, ${value}`;
  }
  if (length !== undefined && coding !== undefined) return wrongAnswer('it states its length in two ways');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return wrongAnswer('its length is no number');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    return wrongAnswer('its transfer encoding is not chunked');
  if (method === 'HEAD' || WITHOUT_BODY.has(status)) return ok(new SizedBody(0));
  if (coding !== undefined) return ok(new ChunkedBody());
  return ok(length === undefined ? new EndlessBody() : new SizedBody(Number(length)));
}

const NOTHING: Taken = { pieces: [], beyond: 0 };

class SizedBody implements Body {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  take(bytes: Uint8Array): Result<Taken, WrongAnswer> {
    if (bytes.length === 0) return ok(NOTHING);
    const beyond = Math.max(0, bytes.length - this.#left);
    const piece = beyond === 0 ? bytes : bytes.subarray(0, this.#left);
    this.#left -= piece.length;
    return ok({ pieces: piece.length === 0 ? [] : [piece], beyond });
  }

  end(): boolean {
    return this.isOver;
  }
}

/** It lasts as long as its connection. */
class EndlessBody implements Body {
  readonly isOver = false;

  take(bytes: Uint8Array): Result<Taken, WrongAnswer> {
    return ok(bytes.length === 0 ? NOTHING : { pieces: [bytes], beyond: 0 });
  }

  end(): boolean {
    return true;
  }
}
