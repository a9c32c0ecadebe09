/**
 * The messages of a client that come over sockets, in their order. Nobody can stop reading a socket, so what may not be taken yet
 * waits here, for a while. It outlives each of its sockets: what has arrived is not sent again.
 */
import type { ClientConnection } from '../../agents/clients/client.ts';
import type { Fields } from '../../agents/session/entry.ts';
import { isJsonObject } from '../wire/body.ts';
import { isTooDeep } from './depth.ts';
import { TOO_DEEP } from './failures.ts';
import { hasLongId, hasRequestId, isInitialize } from './session-of-message.ts';

/** Messages that wait. */
const MAX_WAITING = 256;

const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

/** They are of use only at once, and do no harm when they come again in their place. */
const CANCELS: ReadonlySet<unknown> = new Set(['session/cancel', '$/cancel_request']);

export class Inbox {
  readonly #connection: ClientConnection;
  readonly #waiting: Fields[] = [];
  #offering = false;
  /** Text frames so far, whatever was in them. */
  frames = 0;
  #initialized = false;

  constructor(connection: ClientConnection) {
    this.#connection = connection;
  }

  /** `initializeFirst`: whether something else may not come before it. */
  take(text: string, initializeFirst: boolean): 'taken' | 'not-initialized' | 'full' {
    this.frames += 1;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#reject(PARSE_ERROR, 'a message is not JSON');
    }
    if (Array.isArray(message)) return this.#reject(INVALID_REQUEST, 'batches of JSON-RPC are not taken');
    if (!isJsonObject(message)) return this.#reject(INVALID_REQUEST, 'a message must be a JSON object');
    if (isTooDeep(message)) return this.#reject(INVALID_REQUEST, TOO_DEEP);
    if (hasLongId(message)) return this.#reject(INVALID_REQUEST, 'an id is too long');
    this.#initialized ||= isInitialize(message) && hasRequestId(message);
    if (initializeFirst && !this.#initialized) return 'not-initialized';
    if (this.#passes(message)) return 'taken';
    if (this.#waiting.length >= MAX_WAITING) return 'full';
    this.#waiting.push(message);
    this.offer();
    return 'taken';
  }

  /** Whether that is all there is to do with it, although others wait. */
  #passes(message: Fields): boolean {
    if (this.#waiting.length === 0) return false;
    // An answer may be what the requests before it wait for.
    if (message['method'] === undefined) return this.#connection.receive(message).ok;
    if (CANCELS.has(message['method'])) this.#connection.receive(message);
    return false;
  }

  /** What waits may be taken now. */
  offer(): void {
    // What is taken may be answered, and so come here again.
    if (this.#offering) return;
    this.#offering = true;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const received = this.#connection.receive(next);
      if (!received.ok && received.failure.reason !== 'connection-ended') break;
      this.#waiting.shift();
    }
    this.#offering = false;
  }

  #reject(code: number, sentence: string): 'taken' {
    this.#connection.reject(code, sentence);
    return 'taken';
  }
}
