/**
 * Origins of their own on the listener of this server, beside that of the console, such as one for each port of the machine. Which
 * one is asked the Host header says. The gateway leaves all that is asked under such a name to its origin, so that no route of
 * this server is there.
 */
import type { Caller } from './caller.ts';
import type { SocketKind } from './sockets/kind.ts';

export interface OwnOrigins {
  /** Undefined: the Host is not exactly the name of one. */
  at(request: Request): OwnOrigin | undefined;
  /** How a browser gets to that port as this caller, who sent this request. */
  entryTo(port: number, caller: Caller, request: Request): Entry | Response;
}

/** What a ticket is issued for, and the address that takes it. */
export interface Entry {
  readonly use: string;
  readonly address: (ticket: string) => string;
}

export interface OwnOrigin {
  /** The path of the route that stands for it where exchanges are counted and noted. */
  readonly path: string;
  /** Who asks, by what the browser brings; `answer`: it goes no further. */
  admit(request: Request): { readonly caller: Caller | undefined; readonly answer?: Response };
  /** To somebody who was admitted. */
  answer(request: Request, caller: Caller): Promise<Response>;
  /** Its sockets, for somebody who was admitted. */
  readonly sockets: SocketKind;
}
