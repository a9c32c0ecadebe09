/**
 * What a transport (event streams or a socket) sees of the broker: connections of clients of the Agent Client Protocol
 * that are elsewhere and use an agent of this machine.
 *
 *   new ──initialize──▶ open ──closed by either side, expired, agent gone──▶ ended
 *
 * What goes to a client stands in outboxes, numbered from 1: one for all of a connection, or one for it and one for each
 * of its sessions. A transport reads at its client's pace, may leave at any time, and go on at any number that is kept.
 */
import type { Result } from '../../core/failure.ts';
import type { Fields } from '../session/entry.ts';

export type Door = 'http' | 'websocket' | 'acpremote';

export interface ConnectRequest {
  /** Id of an agent that is installed. */
  readonly agent: string;
  readonly door: Door;
  /** Whose files and terminals the agent uses: this machine's, or those the client offers. */
  readonly host: 'remote' | 'client';
  /** Each session has an outbox of its own. */
  readonly outboxPerSession: boolean;
  /** A connection is found with the key that opened it, and ends with it. */
  readonly keyId: string;
}

export interface Outgoing {
  readonly number: number;
  /** A message as JSON, without a line end. */
  readonly text: string;
}

export interface OutboxReader {
  /**
   * There is something to read again, or a message that was refused may be taken now (`ReceiveFailure`). Called after a `next`
   * that found nothing; may be called without need.
   */
  readonly ready: () => void;
  /** Another reader has taken the outbox over, or the connection has ended: nothing comes any more. */
  readonly ended: (why: 'replaced' | ConnectionEnd) => void;
}

/** Disposed when the reader leaves. */
export interface OutboxReading extends Disposable {
  /** The next message in order; undefined when there is none for now. */
  next(): Outgoing | undefined;
}

export type OutboxFailure =
  /** It says it has had more than was sent. */
  | { readonly reason: 'beyond-last'; readonly last: number }
  /** What it wants again is not kept any more. */
  | { readonly reason: 'not-kept' };

export interface Outbox {
  /** Number of the newest message that a reader has taken; 0 when none was. */
  readonly last: number;
  /**
   * Takes the outbox over from whoever reads it. `after`: the last number that the client has had; without it from the
   * first that nobody has taken.
   */
  open(after: number | undefined, reader: OutboxReader): Result<OutboxReading, OutboxFailure>;
}

export type ConnectionEnd =
  /** By its client (`DELETE`, a close with 1000), or with its key. */
  | 'closed'
  /** Nobody was there for ten minutes. */
  | 'expired'
  /** The agent has ended, and no session is left. */
  | 'agent-gone'
  | 'shutting-down';

export type ReceiveFailure =
  /** So many requests wait for their answers; try again when some have come. */
  | { readonly reason: 'too-many-requests'; readonly limit: number }
  /** So many messages wait for the agent to read them. */
  | { readonly reason: 'agent-stalled'; readonly limit: number }
  | { readonly reason: 'connection-ended' };

export interface Initialized {
  /** Whether the agent runs. If not, the connection has ended, and nothing of it is kept. */
  readonly ok: boolean;
  /** The JSON-RPC answer, with the id of the request. */
  readonly text: string;
}

export interface ClientConnection {
  /** Random, 122 bits; names the connection and proves nothing. */
  readonly id: string;
  readonly agent: string;
  readonly door: Door;
  readonly state: 'new' | 'open' | 'ended';
  /** Settles when it has ended. */
  readonly ended: Promise<ConnectionEnd>;
  /** Of the connection; of all of it where sessions have no outboxes of their own. */
  readonly outbox: Outbox;
  /** Of a session, also of one that is not known yet; undefined where there are too many. */
  sessionOutbox(sessionId: string): Outbox | undefined;
  /** Of a request of the agent that waits for its answer, by the id that the client knows: the session that it stands in. */
  sessionOf(requestId: unknown): string | undefined;
  /** Starts the agent, for a transport that sends the answer by itself. For a message whose method is `initialize` with an id. */
  initialize(message: Fields): Promise<Initialized>;
  /**
   * Any message, checked to be an object; never waits for the agent. The answer to `initialize` comes by the outbox, that to a
   * second one is an error. `session`: whose outbox answers it, where it does not name one itself.
   */
  receive(message: Fields, session?: string): Result<undefined, ReceiveFailure>;
  /** Says that a message could not be used: a JSON-RPC error with the id `null`, by the outbox. */
  reject(code: number, sentence: string): void;
  /** A transport is there; disposed when it is gone. Ten minutes without one end the connection. */
  attach(): Disposable;
  /** Its client wants no more of it. Its sessions go on. */
  close(): void;
}

export type ConnectFailure =
  | { readonly reason: 'too-many-connections'; readonly limit: number }
  | { readonly reason: 'too-many-starts'; readonly retryAfterSeconds: number }
  | { readonly reason: 'agent-unknown'; readonly detail: string }
  | { readonly reason: 'shutting-down' };

export interface Clients {
  /** Absolute path of the folder that clients are told to work in. */
  readonly cwd: string;
  /** The id of an agent that is installed: that one, or without a name the default one. Starts nothing. */
  agent(id: string | undefined): Result<string, ConnectFailure>;
  connect(request: ConnectRequest): Result<ClientConnection, ConnectFailure>;
  /** Undefined for one that has ended, and for that of another key. */
  find(id: string, keyId: string): ClientConnection | undefined;
}
