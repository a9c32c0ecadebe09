/**
 * TCP sockets of this machine that listen, and whose they are.
 *
 * A look opens no connection and starts no program; what the user of this server may not see of others stays null.
 */

export interface ListeningSocket {
  /** Names the socket for as long as it listens; the system may give the name to another one later. */
  readonly key: string;
  readonly port: number;
  /** As it is written, IPv6 without brackets: `127.0.0.1`, `::`. */
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** The process that holds it, the first of them where several do. */
  readonly pid: number | null;
  /** Its command line, or its name where that is all that can be seen. */
  readonly command: string | null;
  readonly user: string | null;
  /** The process tree (`treeId` of process/process.ts) that the process belongs to, where that is one of ours. */
  readonly treeId: string | undefined;
}

/** A look at a time; keeps what makes the next one cheap. */
export interface ListeningSockets {
  /** `trees`: those that may hold a socket. Rejects where the system does not tell. */
  look(trees: readonly string[]): Promise<readonly ListeningSocket[]>;
}

/** Characters of a command line that are told. */
export const MAX_COMMAND = 4096;
