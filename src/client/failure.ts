/**
 * Why a call did not succeed: the one error class of the client, with a literal reason for the program that calls and a
 * sentence for the person in front of it. The message never holds the key.
 */
export type ClientReason =
  /** Nothing answers at that address, or the connection broke. */
  | 'unreachable'
  /** The server does not accept the key (status 401). */
  | 'key-refused'
  /** The server answered with another error; `status` and its own message are in here. */
  | 'refused'
  /** Something answers there that is not an agent-server. */
  | 'unexpected'
  /** The key cannot stand in a header. */
  | 'key-unusable';

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly reason: ClientReason;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(reason: ClientReason, message: string, status?: number) {
    super(message);
    this.reason = reason;
    this.status = status;
  }

  /** Whether the same call may succeed a moment later: the server restarts, or a proxy in between says that it does. */
  get transient(): boolean {
    return this.reason === 'unreachable' || this.status === 502 || this.status === 503 || this.status === 504;
  }
}
