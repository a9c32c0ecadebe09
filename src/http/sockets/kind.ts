/** What a room has to say of a kind of sockets, so that the hub can open them. */
import type { Caller, Scope } from '../caller.ts';
import type { Subject } from '../subject.ts';

/** Bun's socket, as far as it is used here. */
export interface Wire {
  /** Bytes sent, -1 when they wait for the peer, 0 when they were dropped. */
  send(frame: string | Uint8Array): number;
  ping(): number;
  getBufferedAmount(): number;
  /** At most 123 bytes of reason. */
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Why somebody gets no socket. */
export type SocketRefusal =
  | { readonly reason: 'key-invalid' }
  | { readonly reason: 'scope-missing'; readonly scope: Scope }
  | { readonly reason: 'too-many-sockets'; readonly limit: number };

/** A request for a socket. */
export interface SocketRequest {
  readonly request: Request;
  /** Of the URL, with nothing decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A socket that may be opened now. */
export interface PreparedSocket {
  /** Headers of the 101. Default: none, but for the first subprotocol that was offered, where one was. */
  readonly headers?: Readonly<Record<string, string>> | Headers;
  /** What it is about, beyond what the kind says of the URL. Default: nothing. */
  readonly subject?: Subject;
  open(wire: Wire): SocketHandler;
  /** It is not opened after all: the request was no whole upgrade. */
  abandon?(): void;
}

/** How somebody shows that he may have one. */
export interface SocketWays {
  /** False: no ticket in the URL opens it. */
  readonly tickets?: boolean;
  /** True: `Authorization` beside our key is for somebody else. */
  readonly ownAuthorization?: boolean;
}

export interface SocketKind {
  /** On the main port, such as `/terminal` or `/acp/:agent`. */
  readonly paths: readonly [string, ...string[]];
  /** Bytes of one frame; a longer one closes the socket with 1009. At most 16 MiB. Default: 1 MiB. */
  readonly maxFrameBytes?: number;
  /** Milliseconds after which a peer that is silent, pongs included, counts as gone. Default: 60 seconds. */
  readonly maxSilenceMs?: number;
  /** The scope that the URL asks for. */
  scopeOf(query: URLSearchParams): Scope;
  /** What the URL is about: names and ids alone. */
  subjectOf(query: URLSearchParams): Subject;
  /** Default: a ticket opens it as the key does, and `Authorization` beside the key must be the same one. */
  readonly ways?: SocketWays;
  /** For a caller who may have one; an answer says why there is none. What takes a while is abandoned where its key ends meanwhile. */
  prepare(asked: SocketRequest, caller: Caller): PreparedSocket | Response | Promise<PreparedSocket | Response>;
  /**
   * In the words of this kind's protocol: the answer, before any socket is opened, or what closes the socket right after it
   * was, as inherited clients expect.
   */
  refuse(refusal: SocketRefusal): Response | ((wire: Wire) => void);
}

/** One open socket. */
export interface SocketHandler {
  /** Called once, when the hub knows the socket: from here on it may be closed by either side. */
  begin(): void;
  message(data: string | Uint8Array): void;
  /** The peer has read some of what waited for it. */
  drained(): void;
  /** The server is going down: closes the socket. */
  goAway(): void;
  /** The connection is closed, whoever closed it: 1005 without a code, 1006 without a close frame. */
  closed(code: number, reason: string): void;
}
