/**
 * Requests to one server: the key in a header and nowhere else, bounded waiting, retries of what may
 * be repeated.
 *
 * A server that has never answered is reported at once; one that has is given time to come back, as
 * it does from a restart or an update.
 */
import { codeOf, messageOf } from '../core/failure.ts';
import { ClientError } from './failure.ts';

export interface TransportOptions {
  /** Such as `http://127.0.0.1:8585`. */
  readonly url: string;
  /** Absent: only `health` answers. */
  readonly key?: string | undefined;
  /** Milliseconds that a server which went away is given to come back. Default 30,000. */
  readonly patienceMs?: number;
}

export interface Call {
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds until the answer must be there. Default 30,000; 0: no limit. */
  readonly timeoutMs?: number;
  /** True where doing it twice does the same as doing it once. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2000;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

export class Transport {
  readonly url: string;
  readonly #key: string | undefined;
  readonly #patienceMs: number;
  /** Bun sends even loopback requests, and with them the key, to the proxy of HTTP_PROXY. */
  readonly #route: { readonly proxy?: string };
  #reached = false;

  constructor({ url, key, patienceMs = 30_000 }: TransportOptions) {
    // fetch would put what it refuses into its error message on some versions: judged here instead.
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
      throw new ClientError('key-unusable', 'the API key holds characters that cannot stand in a header');
    }
    this.url = url.replace(/\/+$/, '');
    this.#key = key;
    this.#patienceMs = patienceMs;
    this.#route = LOOPBACK.test(new URL(url).hostname) ? DIRECT : {};
  }

  /** Resolves to what `read` makes of a successful answer; every failure is a ClientError. */
  async send<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.#patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      try {
        return await this.#sendOnce(call, read);
      } catch (error) {
        const again = error instanceof ClientError && error.passing && call.repeatable === true && this.#reached;
        if (!again || performance.now() + pause > giveUpAt) throw error;
      }
      await Bun.sleep(pause);
    }
  }

  json<T>(call: Call): Promise<T> {
    return this.send(call, async (response) => {
      const value: unknown = await response.json().catch(() => undefined);
      if (typeof value !== 'object' || value === null) throw this.#notOurs(response.status);
      // The server is of our own making and its answers are tested against the same shapes.
      return value as T;
    });
  }

  /** The answer as soon as its head is there: its body is a stream that may be endless. */
  stream(call: Call): Promise<Response> {
    return this.send(call, async (response) => response);
  }

  /** A socket on which nothing has happened yet. */
  socket(path: string): Bun.WebSocket {
    const headers = this.#key === undefined ? {} : { 'x-api-key': this.#key };
    return new BunWebSocket(`${this.url.replace(/^http/, 'ws')}${path}`, { headers });
  }

  async #sendOnce<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const { timeoutMs = 30_000, signal } = call;
    signal?.throwIfAborted();
    const late = new AbortController();
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => late.abort(), timeoutMs);
    try {
      const response = await fetch(this.url + call.path, {
        method: call.method ?? 'GET',
        headers: {
          ...(this.#key !== undefined && { 'x-api-key': this.#key }),
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        // A redirect would take the key to wherever it points.
        redirect: 'manual',
        signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
        ...this.#route,
      });
      if (!response.ok) throw await this.#refusal(response);
      const value = await read(response);
      this.#reached = true;
      return value;
    } catch (error) {
      if (error instanceof ClientError) throw error;
      signal?.throwIfAborted();
      const detail = late.signal.aborted
        ? `no answer within ${timeoutMs / 1000} s`
        : (PLAIN[codeOf(error) ?? ''] ?? messageOf(error));
      throw new ClientError('unreachable', `cannot reach ${this.url}: ${detail}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(response: Response): Promise<ClientError> {
    const body: unknown = await response.json().catch(() => undefined);
    if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string')
      return this.#notOurs(response.status);
    return new ClientError('refused', body.error, response.status);
  }

  #notOurs(status: number): ClientError {
    return new ClientError(
      'unexpected',
      `${this.url} answers with status ${status}, but not as an agent-server does`,
      status,
    );
  }
}

/** Bun's own words for these ask whether the computer can access the URL. */
const PLAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ConnectionRefused: 'connection refused',
  ECONNRESET: 'the connection was closed',
  ConnectionClosed: 'the connection was closed',
};

// What the types of Bun do not tell: `false` is the one value that means no proxy at all.
const DIRECT = { proxy: false } as unknown as { readonly proxy: string };

// Bun's takes headers; the types of a browser, which come along with xterm's, do not know that.
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket;
