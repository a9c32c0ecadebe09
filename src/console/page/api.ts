/** Requests to the server that this page came from: the key in a header and nowhere else. */
import type { ErrorBody } from '../../protocol/error.ts';

export type ApiReason =
  /** Nothing answers, or something in between answers for a server that does not. */
  | 'away'
  /** The key is not, or no longer, the right one. */
  | 'key-refused'
  /** The server says no; the message is its own sentence. */
  | 'refused';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: ApiReason;
  readonly status: number | undefined;

  constructor(reason: ApiReason, message: string, status?: number) {
    super(message);
    this.reason = reason;
    this.status = status;
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 15_000;
const GATEWAY_ERRORS = new Set([502, 503, 504]);

/** Where the page lives, also below a path of a proxy. */
const BASE = new URL('.', location.href);

export class Api {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  async json<T>(path: string, call: Call = {}): Promise<T> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    const signal = call.signal === undefined ? late : AbortSignal.any([late, call.signal]);
    const response = await this.open(path, { ...call, signal });
    try {
      return (await response.json()) as T;
    } catch (error) {
      call.signal?.throwIfAborted();
      throw new ApiError('away', `the answer broke off: ${String(error)}`);
    }
  }

  /** The answer as soon as its head is there; rejects with an ApiError unless it is a success. */
  async open(path: string, { method = 'GET', body, headers, signal }: Call = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(path, BASE), {
        method,
        headers: {
          'x-api-key': this.#key,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        cache: 'no-store',
        // A redirect would take the key to wherever it points.
        redirect: 'error',
        ...(signal !== undefined && { signal }),
      });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw new ApiError('away', 'the server does not answer');
    }
    if (response.ok) return response;
    const answer = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
    const message = answer?.error ?? `the server answered with status ${response.status}`;
    if (response.status === 401) throw new ApiError('key-refused', message, 401);
    if (GATEWAY_ERRORS.has(response.status)) throw new ApiError('away', message, response.status);
    throw new ApiError('refused', message, response.status);
  }
}

/** Whether whoever asked has gone away meanwhile: nothing to tell anybody. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** A name for one submission, so that a repeated one is not a second job. `randomUUID` is not there over plain HTTP. */
export const submissionName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
/** The address of a socket of this server. */
export function socketUrl(path: string): string {
  const url = new URL(path, BASE);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
