/**
 * A job's events as they come, over as many connections as it takes: each one begins after the last event that was seen,
 * so nothing is lost and nothing comes twice.
 *
 * The reader sets the pace: what it does not take stays in the job's files.
 */
import type { EndEvent, OutputEvent, StatusEvent } from '../protocol/feed.ts';
import { chunksOf } from './chunks.ts';
import { ClientError } from './failure.ts';
import { pause } from './pause.ts';
import { parseSse, type SseMessage } from './sse.ts';
import type { Transport } from './transport.ts';

export type OutputStream = 'stdout' | 'stderr';
export type JobOutputEvent = { readonly id: number; readonly type: OutputStream } & OutputEvent;
export type JobEvent =
  | ({ readonly id: number; readonly type: 'status' } & StatusEvent)
  | JobOutputEvent
  | ({ readonly id: number; readonly type: 'end' } & EndEvent);

export interface FollowOptions {
  /** Only events after this one. Default 0: all of them. */
  readonly since?: number;
  /** Milliseconds that a server which went away is given to come back. Default: the client's own. */
  readonly retryForMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Three heartbeats of the server: a connection that is silent for longer is taken for dead. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 100;

/** Ends after the `end` event, or at once when `since` is that event. */
export async function* followJob(
  transport: Transport,
  jobId: string,
  { since = 0, retryForMs, signal }: FollowOptions = {},
): AsyncGenerator<JobEvent> {
  let last = since;
  for (;;) {
    const response = await transport.stream({
      path: `/jobs/${encodeURIComponent(jobId)}/events`,
      headers: last > 0 ? { 'last-event-id': String(last) } : {},
      repeatable: true,
      retryForMs,
      signal,
    });
    if (response.status === 204 || response.body === null) return;
    try {
      for await (const message of parseSse(chunksOf(response.body, SILENCE_MS, signal))) {
        const event = toEvent(message);
        if (event === undefined || event.id <= last) continue;
        last = event.id;
        yield event;
        if (event.type === 'end') return;
      }
    } catch (error) {
      if (!(error instanceof ClientError && error.transient)) throw error;
    }
    // A server on its way down takes connections that it closes at once.
    await pause(RECONNECT_MS, signal);
  }
}

const TYPES: ReadonlySet<string> = new Set<JobEvent['type']>(['status', 'stdout', 'stderr', 'end']);

/** Undefined for an event of a later version that this one does not know. */
function toEvent({ id, event = '', data }: SseMessage): JobEvent | undefined {
  if (!TYPES.has(event)) return undefined;
  return { id: Number(id), type: event, ...(JSON.parse(data) as object) } as JobEvent;
}
