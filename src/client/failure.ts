/**
 * Why a call did not succeed.
 *
 * The one error class of the client: callers in a terminal, a script or another program all want to
 * tell "nobody there" from "somebody said no". The message never holds the key.
 */
export type ClientReason =
  /** Nothing answers at that address, or the connection broke. */
  | 'unreachable'
  /** The server answered with an error; `status` and its own message are in here. */
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

  /** Whether the same call may succeed a moment later: a server that restarts, a proxy in between. */
  get passing(): boolean {
    return this.reason === 'unreachable' || this.status === 502 || this.status === 503 || this.status === 504;
  }
}
