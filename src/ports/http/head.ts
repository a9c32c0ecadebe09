/** The head of an answer in HTTP/1.1 (RFC 9112, 4 and 5), as it comes in pieces. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { Field } from './fields.ts';

export interface AnswerHead {
  /** 0 for HTTP/1.0, whose connections end with their answer. */
  readonly minorVersion: number;
  readonly status: number;
  readonly statusText: string;
  readonly fields: readonly Field[];
}

export interface WrongAnswer {
  readonly reason: 'answer-wrong';
  readonly detail: string;
}

export const wrongAnswer = (detail: string): Result<never, WrongAnswer> => fail({ reason: 'answer-wrong', detail });

const MAX_HEAD_BYTES = 2 * 1024 * 1024;
/** Fields of a head: what is made of them takes the square of their number, and of 100,000 it held all of the server up for minutes. */
const MAX_FIELDS = 1000;
const LF = 0x0a;
const CR = 0x0d;

export class HeadReader {
  /** What came before, at the front of a buffer that has room for more. */
  #held = Buffer.alloc(0);
  #length = 0;

  /** Undefined while it is not whole. */
  read(bytes: Uint8Array): Result<{ readonly head: AnswerHead; readonly rest: Uint8Array }, WrongAnswer> | undefined {
    // From where an end may begin that was cut in two.
    const from = Math.max(0, this.#length - 2);
    const all = this.#with(bytes);
    const end = endOfHead(all, from);
    if ((end ?? all.length) > MAX_HEAD_BYTES) return wrongAnswer('its head is too long');
    if (end === undefined) {
      if (this.#length === 0) this.#hold(bytes);
      return undefined;
    }
    this.#length = 0;
    // What is behind it may be read later than the next head comes.
    this.#held = Buffer.alloc(0);
    const head = readHead(all.toString('latin1', 0, end));
    return head.ok ? ok({ head: head.value, rest: all.subarray(end) }) : head;
  }

  /** Mostly all of it comes at once, and is read where it is. */
  #with(bytes: Uint8Array): Buffer {
    if (this.#length === 0) return asBuffer(bytes);
    this.#hold(bytes);
    return this.#held.subarray(0, this.#length);
  }

  #hold(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#held.length) {
      const larger = Buffer.alloc(2 * length);
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    this.#held.set(bytes, this.#length);
    this.#length = length;
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Behind the empty line. A line may end in a bare LF (RFC 9112, 2.2): programs written in a minute say it so. */
function endOfHead(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

const FIRST_LINE = /^HTTP\/1\.([01]) (\d{3})(?: ([^\r]*))?$/;
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const NO_VALUE = /[\r\0]/;

// Every request that is passed on comes by here: without arrays in between it takes half as long.
function readHead(text: string): Result<AnswerHead, WrongAnswer> {
  const [, minor, status, statusText = ''] = FIRST_LINE.exec(text.slice(0, endOfLine(text, 0))) ?? [];
  if (status === undefined) return wrongAnswer('it does not speak HTTP');
  const fields: Field[] = [];
  for (let at = text.indexOf('\n') + 1; at < text.length; at = text.indexOf('\n', at) + 1) {
    const end = endOfLine(text, at);
    // The empty one at its end.
    if (end === at) break;
    const found = text.indexOf(':', at);
    const colon = found < end ? found : -1;
    // Blanks before the colon are to be taken away by whoever passes it on (RFC 9112, 5.1); those that begin a line are no name.
    const name = text.slice(at, endWithoutBlanks(text, at, colon)).toLowerCase();
    let from = Math.max(colon + 1, at);
    while (from < end && isBlank(text, from)) from += 1;
    const value = text.slice(from, endWithoutBlanks(text, from, end));
    if (!NAME.test(name) || NO_VALUE.test(value)) return wrongAnswer('one of its header fields is none');
    if (fields.push([name, value]) > MAX_FIELDS) return wrongAnswer('its head has too many fields');
  }
  return ok({ minorVersion: Number(minor), status: Number(status), statusText, fields });
}

/** Before what ends it; each has an end. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end > from && text[end - 1] === '\r' ? end - 1 : end;
}

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

/** Of what is between them. `trimEnd` would take bytes that stand for letters, too. */
function endWithoutBlanks(text: string, from: number, to: number): number {
  let end = Math.max(from, to);
  while (end > from && isBlank(text, end - 1)) end -= 1;
  return end;
}
