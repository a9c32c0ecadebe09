/** What a client is made with. */
import type { MakeWebSocket } from './plain-socket.ts';

/** As the global `fetch`, of which no more is used than this. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** Address of the server, such as `http://127.0.0.1:8585`. */
  readonly url: string;
  /** The API key, sent as `X-API-Key`. Absent: only `health` answers. */
  readonly key?: string | undefined;
  /**
   * Token of the devtunnel that the server is behind, sent as `X-Tunnel-Authorization` beside the key. Default: none. A
   * WebSocket of the web sends no headers: through a private tunnel terminals and ports need `webSocket`, too.
   */
  readonly tunnelToken?: string | undefined;
  /** Milliseconds that an answer may take, more than 0; what the server is told to wait comes on top. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * Milliseconds that a server which went away is given to come back, 0 or more. Only a call that does the same twice as
   * once is repeated. Default 30,000; 0: none is.
   */
  readonly retryForMs?: number;
  /** What sends requests where the global `fetch` needs options that only its runtime knows. Default: the global one. */
  readonly fetch?: Fetch;
  /**
   * What makes a WebSocket, for `terminals.attach` and `ports.connect`: needed in Node before version 22, which has none, and for headers of
   * one's own. With the package `ws`: `(url) => new WebSocket(url)`. Default: the global one.
   */
  readonly webSocket?: MakeWebSocket | undefined;
}
