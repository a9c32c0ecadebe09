/**
 * Why a call did not succeed: the one error class of the client, with data for the program that calls and a sentence for
 * the person in front of it. The message never holds the key.
 */

/** A union by `reason`: a switch over it knows what else is there. */
export type ClientFailure =
  /** Nothing answers at that address, the answer did not come in time, or the connection broke. */
  | { readonly reason: 'unreachable' }
  /** The server does not accept the key. */
  | { readonly reason: 'key-refused'; readonly status: 401 }
  /**
   * The server answered with another error: 404 for what is not there, 409 for what cannot be now, 400 for a bad request,
   * 403 for what the key may not do.
   */
  | { readonly reason: 'refused'; readonly status: number; readonly body: RefusalBody }
  /** Something answers there that is not an agent-server. */
  | { readonly reason: 'unexpected'; readonly status?: number }
  /** The key, or the token of the tunnel, holds characters that cannot stand in a header. */
  | { readonly reason: 'key-unusable' }
  /** This runtime has no WebSocket (Node before version 22), and the option `webSocket` was not given. */
  | { readonly reason: 'no-websocket' };

/** What the server says of a refusal: a sentence, and for some refusals numbers beside it, such as `running_jobs`. */
export interface RefusalBody {
  /** What is wrong, in one sentence. */
  readonly error: string;
  /** What else the server says. */
  readonly [field: string]: unknown;
}

export class ClientError extends Error {
  /** Tells it from other errors where `instanceof` cannot. */
  override readonly name = 'ClientError';
  /** What happened, as data: `switch (error.failure.reason)`. */
  readonly failure: ClientFailure;

  /** `message` is for people. */
  constructor(failure: ClientFailure, message: string) {
    super(message);
    this.failure = failure;
  }

  /** The same as `failure.reason`. */
  get reason(): ClientFailure['reason'] {
    return this.failure.reason;
  }

  /** HTTP status; undefined where there was no answer. */
  get status(): number | undefined {
    return 'status' in this.failure ? this.failure.status : undefined;
  }

  /** Whether the same call may succeed a moment later: the server restarts, or a proxy in between says that it does. */
  get transient(): boolean {
    return this.reason === 'unreachable' || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** A refusal in the server's own words. */
export const refused = (status: number, body: RefusalBody): ClientError =>
  new ClientError({ reason: 'refused', status, body }, body.error);

/** Nothing came, or nothing more. */
export const unreachable = (message: string): ClientError => new ClientError({ reason: 'unreachable' }, message);
