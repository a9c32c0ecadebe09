/**
 * Requests to one server: the key in a header and nowhere else, bounded waiting, and retries of what may be repeated.
 *
 * A server that has never answered is reported at once; one that has is given time to come back, as it does from a
 * restart or an update.
 */
import { codeOf, messageOf } from '../core/failure.ts';
import type { Ticket } from '../protocol/ticket.ts';
import { ClientError, refused, unreachable, type RefusalBody } from './failure.ts';
import type { ClientOptions, Fetch } from './options.ts';
import { pause } from './pause.ts';
import type { BinarySocketLike, MakeWebSocket, TextSocket } from './plain-socket.ts';
import { makeOwn, needWebSocket, openTextSocket } from './text-socket.ts';

export interface Call {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, in place of `body`. */
  readonly bytes?: Uint8Array | Blob | ReadableStream<Uint8Array> | undefined;
  /** Milliseconds that the server may wait before it answers, on top of the timeout; Infinity: no limit. Default 0. */
  readonly waitMs?: number;
  /** True where doing it twice does the same as doing it once. */
  readonly repeatable?: boolean;
  /** Default: that of the transport. */
  readonly retryForMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2000;

export class Transport {
  readonly url: string;
  readonly #key: string | undefined;
  readonly #timeoutMs: number;
  readonly #retryForMs: number;
  readonly #fetch: Fetch;
  readonly #tunnelToken: string | undefined;
  readonly #webSocket: MakeWebSocket | undefined;
  #reached = false;

  constructor(options: ClientOptions) {
    const { url, key, tunnelToken, timeoutMs = 30_000, retryForMs = 30_000, fetch: send, webSocket } = options;
    needSendable('the API key', key);
    needSendable('the token of the tunnel', tunnelToken);
    this.url = url.replace(/\/+$/, '');
    this.#key = key;
    this.#tunnelToken = tunnelToken;
    this.#webSocket = webSocket;
    this.#timeoutMs = timeoutMs;
    this.#retryForMs = retryForMs;
    this.#fetch = send ?? ((address, init) => fetch(address, init));
  }

  /** Resolves to what `read` makes of a successful answer; every failure is a ClientError. */
  async send<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + (call.retryForMs ?? this.#retryForMs);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        return await this.#sendOnce(call, read);
      } catch (error) {
        const again = error instanceof ClientError && error.transient && call.repeatable === true && this.#reached;
        if (!again || performance.now() + pauseMs > giveUpAt) throw error;
      }
      await pause(pauseMs, call.signal);
    }
  }

  json<T>(call: Call): Promise<T> {
    return this.send(call, async (response) => {
      const value = await jsonOf(response);
      if (typeof value !== 'object' || value === null) throw this.#notOurs(response.status);
      // The server is of our own making and its answers are tested against the same shapes.
      return value as T;
    });
  }

  /** The answer as soon as its head is there: its body is a stream that may be endless. */
  stream(call: Call): Promise<Response> {
    return this.send(call, async (response) => response);
  }

  /** Throws a ClientError where no socket can ever be opened. */
  needSockets(): void {
    needWebSocket(this.#webSocket);
  }

  /** Opens a socket at a path with a query. */
  async socket(path: string, signal: AbortSignal): Promise<TextSocket> {
    return openTextSocket(await this.#socketUrl(path, signal), this.#webSocket);
  }

  /** The same for bytes; it is not open yet. */
  async binarySocket(path: string, signal: AbortSignal | undefined): Promise<BinarySocketLike> {
    const make = this.#webSocket ?? makeOwn;
    const socket = make(await this.#socketUrl(path, signal));
    if ('binaryType' in socket) return socket as BinarySocketLike;
    throw new ClientError({ reason: 'no-websocket' }, 'the WebSocket that the client was given knows no bytes');
  }

  /** By a ticket, because a WebSocket of the web sends no headers. */
  async #socketUrl(path: string, signal: AbortSignal | undefined): Promise<string> {
    const { ticket } = await this.json<Ticket>({ path: '/tickets', method: 'POST', signal });
    return `${this.url.replace(/^http/, 'ws')}${path}&ticket=${encodeURIComponent(ticket)}`;
  }

  async #sendOnce<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const { waitMs = 0, signal } = call;
    signal?.throwIfAborted();
    const timeoutMs = this.#timeoutMs + waitMs;
    const late = new AbortController();
    const timer = timeoutMs === Infinity ? undefined : setTimeout(() => late.abort(), timeoutMs);
    try {
      const response = await this.#fetch(this.url + call.path, {
        method: call.method ?? 'GET',
        headers: {
          ...(this.#key !== undefined && { 'x-api-key': this.#key }),
          ...(this.#tunnelToken !== undefined && { 'x-tunnel-authorization': `tunnel ${this.#tunnelToken}` }),
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
          ...(call.bytes !== undefined && { 'content-type': 'application/octet-stream' }),
          ...call.headers,
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        ...(call.bytes !== undefined && { body: sendable(call.bytes), duplex: 'half' as const }),
        cache: 'no-store',
        // A redirect would take the key to wherever it points.
        redirect: 'manual',
        signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
      });
      if (!response.ok) throw await this.#refusal(response);
      const value = await read(response);
      this.#reached = true;
      return value;
    } catch (error) {
      if (error instanceof ClientError) throw error;
      signal?.throwIfAborted();
      const detail = late.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : plainMessageOf(error);
      throw unreachable(`cannot reach ${this.url}: ${detail}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(response: Response): Promise<ClientError> {
    const { status } = response;
    const body = await jsonOf(response);
    if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string')
      return this.#notOurs(status);
    return status === 401
      ? new ClientError({ reason: 'key-refused', status }, body.error)
      : refused(status, body as RefusalBody);
  }

  #notOurs(status: number): ClientError {
    return new ClientError(
      { reason: 'unexpected', status },
      `${this.url} answers with status ${status}, but not as an agent-server does`,
    );
  }
}

/** A copy of bytes: as fetch is typed, it takes none that may be shared. */
const sendable = (bytes: NonNullable<Call['bytes']>) => (bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes);

/** Undefined for what is no JSON; rejects where the connection breaks. */
const jsonOf = (response: Response): Promise<unknown> =>
  response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });

/** Checked first, because some versions of fetch put the header that they refuse into their error message. */
function needSendable(what: string, value: string | undefined): void {
  if (value !== undefined && !/^[\x21-\x7e]+$/.test(value))
    throw new ClientError({ reason: 'key-unusable' }, `${what} holds characters that cannot stand in a header`);
}

/** The fetch of Node says `fetch failed`, and what failed as the cause. */
export function plainMessageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return PLAIN[codeOf(error) ?? codeOf(cause) ?? ''] ?? messageOf(cause ?? error);
}

/** Bun's own words for these ask whether the computer can access the URL. */
const PLAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ConnectionRefused: 'connection refused',
  ECONNRESET: 'the connection was closed',
  ConnectionClosed: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
};
