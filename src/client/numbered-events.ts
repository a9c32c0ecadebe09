/**
 * A numbered sequence of Server-Sent Events, over as many connections as it takes: each one begins after the last event
 * that was seen, so nothing is lost and nothing comes twice.
 *
 * The reader sets the pace: what it does not take stays on the server's disk.
 */
import { chunksOf } from './chunks.ts';
import { ClientError } from './failure.ts';
import { pause } from './pause.ts';
import { parseSse, type SseMessage } from './sse.ts';
import type { Transport } from './transport.ts';

export interface FollowOptions {
  /** Only events after the one of this id, 0 or more. Default 0: all of them. */
  readonly since?: number;
  /** Milliseconds that a server which went away is given to come back. Default: the client's own. */
  readonly retryForMs?: number;
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export interface NumberedMessage extends Omit<SseMessage, 'id'> {
  /** Number of the event in its sequence. */
  readonly id: number;
}

/** Three heartbeats of the server: a connection that is silent for longer is taken for dead. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 100;

/** Ends when the server says that nothing will ever come any more. */
export async function* followNumbered(
  transport: Transport,
  path: string,
  { since = 0, retryForMs, signal }: FollowOptions = {},
): AsyncGenerator<NumberedMessage> {
  let last = since;
  for (;;) {
    const response = await transport.stream({
      path,
      headers: last > 0 ? { 'last-event-id': String(last) } : {},
      repeatable: true,
      retryForMs,
      signal,
    });
    if (response.status === 204 || response.body === null) return;
    try {
      for await (const message of parseSse(chunksOf(response.body, SILENCE_MS, signal))) {
        const id = Number(message.id);
        if (!(id > last)) continue;
        last = id;
        yield { ...message, id };
      }
    } catch (error) {
      if (!(error instanceof ClientError && error.transient)) throw error;
    }
    // A server on its way down takes connections that it closes at once.
    await pause(RECONNECT_MS, signal);
  }
}
