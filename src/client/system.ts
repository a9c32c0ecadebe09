/** Calls about the machine that the server runs on. */
import type { System, SystemEvent } from '../protocol/system.ts';
import { followNumbered } from './numbered-events.ts';
import type { Transport } from './transport.ts';

export type { System, SystemEvent };

export interface SystemOptions {
  /** Also versions of tools for programmers, looked up once a minute at most. Default: without. */
  readonly tools?: boolean;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface SystemFollowOptions {
  /** Seconds from event to event, 1 to 60. Default 2. */
  readonly intervalSeconds?: number;
  /** Milliseconds that a server which went away is given to come back. Default: the client's own. */
  readonly retryForMs?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** Programs that print their versions may take so long. */
const TOOLS_MS = 10_000;

/** The machine. Needs the scope `observe`, else a call rejects with status 403. */
export class SystemCalls {
  readonly #transport: Transport;

  /** Made by the Client. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What the machine is, and how busy in this moment. */
  get({ tools = false, signal }: SystemOptions = {}): Promise<System> {
    return this.#transport.json({
      path: tools ? '/system?tools=1' : '/system',
      waitMs: tools ? TOOLS_MS : 0,
      repeatable: true,
      signal,
    });
  }

  /** How busy it is, at once and then again and again, without an end. Leaving the loop hangs up. */
  async *follow({ intervalSeconds = 2, ...options }: SystemFollowOptions = {}): AsyncGenerator<SystemEvent> {
    for await (const { data } of followNumbered(this.#transport, `/system/events?interval=${intervalSeconds}`, options))
      yield JSON.parse(data) as SystemEvent;
  }
}
