/** Calls about the ports of the machine. */
import type { ListeningPort, PortList } from '../protocol/ports.ts';
import { chunksOf } from './chunks.ts';
import { parseSse } from './sse.ts';
import type { Transport } from './transport.ts';

/** A socket begins or ends to listen. */
export type PortEvent = { readonly type: 'open' | 'close' } & ListeningPort;

/** Three heartbeats of the server: a connection that is silent for longer is taken for dead. */
const SILENCE_MS = 45_000;

/** Ports of the machine; needs the scope `observe`, else a call rejects with status 403. */
export class PortCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** TCP sockets that listen, by port. */
  async list(signal?: AbortSignal): Promise<ListeningPort[]> {
    const { items } = await this.#transport.json<PortList>({ path: '/ports', repeatable: true, signal });
    return items;
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
}
