/** What a room has to say of a kind of sockets, so that the hub can open them. */
import type { Caller, Scope } from '../caller.ts';
import type { Subject } from '../subject.ts';

/** Bun's socket, as far as it is used here. */
export interface Wire {
  /** Bytes sent, -1 when they wait for the peer, 0 when they were dropped. */
  send(text: string): number;
  ping(): number;
  getBufferedAmount(): number;
  /** At most 123 bytes of reason. */
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Why a socket is closed right after it was opened. */
export type SocketRefusal =
  | { readonly reason: 'key-invalid' }
  | { readonly reason: 'scope-missing'; readonly scope: Scope }
  | { readonly reason: 'too-many-sockets'; readonly limit: number };

export interface SocketKind {
  /** Path on the main port, such as `/terminal`. */
  readonly path: string;
  /** The scope that the URL asks for. */
  scopeOf(query: URLSearchParams): Scope;
  /** What the URL is about: names and ids alone. */
  subjectOf(query: URLSearchParams): Subject;
  open(wire: Wire, query: URLSearchParams, caller: Caller): SocketHandler;
  /** Closes a socket in the words of this kind's protocol. */
  refuse(wire: Wire, refusal: SocketRefusal): void;
}

/** One open socket. */
export interface SocketHandler {
  /** Called once, when the hub knows the socket: from here on it may be closed by either side. */
  begin(): void;
  message(data: string | Uint8Array): void;
  /** The peer has read what waited for it. */
  drained(): void;
  /** The server is going down: closes the socket. */
  goAway(): void;
  /** The connection is closed, whoever closed it. */
  closed(): void;
}
