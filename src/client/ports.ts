/** Calls about the ports of the machine. */
import type { ListeningPort, PortList } from '../protocol/ports.ts';
import type { Ticket } from '../protocol/ticket.ts';
import { chunksOf } from './chunks.ts';
import { ClientError } from './failure.ts';
import { openPortStream, type PortStream } from './port-stream.ts';
import { parseSse } from './sse.ts';
import type { Transport } from './transport.ts';

/** A socket begins or ends to listen. */
export type PortEvent = { readonly type: 'open' | 'close' } & ListeningPort;

export interface PortListOptions {
  /** Also whether each speaks HTTP: every port is connected to for that. Default: without. */
  readonly http?: boolean;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Ports that do not answer take a second each, 32 of them at once. */
const HTTP_MS = 30_000;
/** Three heartbeats of the server: a connection that is silent for longer is taken for dead. */
const SILENCE_MS = 45_000;

/** Ports of the machine. To look needs the scope `observe`, else a call rejects with status 403. */
export class PortCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** TCP sockets that listen, by port. Rejects with status 403 where `http` is asked for without the scope `ports`. */
  async list({ http = false, signal }: PortListOptions = {}): Promise<ListeningPort[]> {
    const { items } = await this.#transport.json<PortList>({
      path: http ? '/ports?http=1' : '/ports',
      waitMs: http ? HTTP_MS : 0,
      repeatable: true,
      signal,
    });
    return items;
  }

  /**
   * The address that lets one browser in to that port, once, within 60 seconds; needs the scope `ports`. Rejects with status 409
   * where there is no name for it, since the server was asked under one that is not loopback's and has no `--ports-host`.
   */
  async entry(port: number, signal?: AbortSignal): Promise<Required<Ticket>> {
    const { ticket, url } = await this.#transport.json<Ticket>({
      path: '/tickets',
      method: 'POST',
      body: { port },
      repeatable: true,
      signal,
    });
    // One before this knows of no ports there, and gives a ticket for a socket.
    if (url === undefined)
      throw new ClientError({ reason: 'unexpected', status: 200 }, 'that server is too old for it');
    return { ticket, url };
  }

  /**
   * What listens now, each as an `open`, then what begins and ends to. It is over when the connection is: whoever calls again
   * begins with an empty list. Leaving the loop ends it.
   */
  async *follow(signal?: AbortSignal): AsyncGenerator<PortEvent> {
    const { body } = await this.#transport.stream({ path: '/ports/events', repeatable: true, signal });
    if (body === null) return;
    for await (const { event, data } of parseSse(chunksOf(body, SILENCE_MS, signal))) {
      // Of a later version there may be others.
      if (event === 'open' || event === 'close') yield { type: event, ...(JSON.parse(data) as ListeningPort) };
    }
  }

  /**
   * A TCP connection to a port, on the loopback address of that machine; needs the scope `ports`. Rejects with status 502 where
   * nothing listens, 403 without the scope, and as `unexpected` where the key may not reach that port. Not repeated.
   */
  async connect(port: number, signal?: AbortSignal): Promise<PortStream> {
    this.#transport.needSockets();
    const socket = await this.#transport.binarySocket(`/ports/${port}/tcp?acknowledge=1`, signal);
    return openPortStream(socket, port, signal);
  }
}
