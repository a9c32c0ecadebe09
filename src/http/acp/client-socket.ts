/**
 * One socket of a client, of either wire:
 *
 * | close | when |
 * |---|---|
 * | 1001 | the server goes down, or another socket goes on with the connection |
 * | 1002 | the first message is not `initialize` with an id (not on acpremote's wire) |
 * | 1003 | a binary frame on acpremote's wire; the other one ignores them |
 * | 1008 | the client reads nothing for 60 s, does not initialize within 60 s, has too many messages wait, or a message for it is too long |
 * | 1009 | a frame is longer than 16 MiB |
 * | 1011 | the agent has ended, and no session is left |
 * | 3401 | the key has ended |
 */
import type { ClientConnection, OutboxReading } from '../../agents/clients/client.ts';
import { CLOSE_CODES } from '../../core/close-codes.ts';
import type { SocketHandler, Wire } from '../sockets/kind.ts';
import type { Inbox } from './inbox.ts';
import type { OutboxSocket } from './outbox-socket.ts';

/** In what the two wires differ. */
export interface WireRules {
  readonly initializeFirst: boolean;
  /** Whether binary frames close the socket. */
  readonly refusesBinary: boolean;
  /** Whether a client may come back to its connection. */
  readonly resumes: boolean;
}

export interface ClientSocketParts {
  readonly rules: WireRules;
  readonly connection: ClientConnection;
  readonly inbox: Inbox;
  readonly output: OutboxSocket;
  readonly reading: OutboxReading;
}

export class ClientSocket implements SocketHandler {
  readonly #wire: Wire;
  readonly #parts: ClientSocketParts;
  #attached: Disposable | undefined;

  constructor(wire: Wire, parts: ClientSocketParts) {
    this.#wire = wire;
    this.#parts = parts;
  }

  begin(): void {
    const { connection, output, reading } = this.#parts;
    this.#attached = connection.attach();
    output.open(this.#wire, reading);
  }

  message(data: string | Uint8Array): void {
    const { rules, inbox } = this.#parts;
    if (typeof data !== 'string') {
      if (rules.refusesBinary) this.#end(CLOSE_CODES.unsupportedData, 'binary frames are not taken');
      return;
    }
    switch (inbox.take(data, rules.initializeFirst)) {
      case 'taken':
        return;
      case 'not-initialized':
        return this.#end(CLOSE_CODES.protocolError, 'the first message must be initialize with an id');
      case 'full':
        return this.#end(CLOSE_CODES.policyViolation, 'too many messages wait for the agent');
    }
  }

  drained(): void {
    this.#parts.output.drained();
  }

  goAway(): void {
    this.#parts.output.closeNow(CLOSE_CODES.goingAway, 'Server is going down');
  }

  closed(code: number): void {
    this.#parts.output.gone();
    this.#attached?.[Symbol.dispose]();
    // Without a code (1005) is how browsers and most libraries close when nothing is said.
    const isMeant = code === CLOSE_CODES.normal || code === CLOSE_CODES.noStatus;
    if (isMeant || !this.#parts.rules.resumes) this.#parts.connection.close();
  }

  /** For what its client did wrong: the connection is over, too. */
  #end(code: number, reason: string): void {
    this.#parts.output.closeNow(code, reason);
    this.#parts.connection.close();
  }
}
