/**
 * A job's events as they come, over as many connections as it takes: each begins after the last event seen, so
 * nothing is lost and nothing comes twice. Read by fetch, because an EventSource cannot send the key.
 *
 * The reader sets the pace: what it does not take stays in the job's files.
 */
import { parseSse, type SseMessage } from '../../../core/sse.ts';
import type { EndEvent, OutputEvent, StatusEvent } from '../../../protocol/feed.ts';
import { ApiError, isAbort, type Api } from '../api.ts';
import { pause } from '../pause.ts';

export type FeedEvent =
  | ({ readonly id: number; readonly type: 'status' } & StatusEvent)
  | ({ readonly id: number; readonly type: 'stdout' | 'stderr' } & OutputEvent)
  | ({ readonly id: number; readonly type: 'end' } & EndEvent);

/** Three heartbeats of the server: a connection that says less has died without telling. */
const SILENCE_MS = 45_000;
const RECONNECT_MS = 500;
const TYPES: ReadonlySet<string> = new Set<FeedEvent['type']>(['status', 'stdout', 'stderr', 'end']);

export async function* followJob(api: Api, jobId: string, signal: AbortSignal): AsyncGenerator<FeedEvent> {
  let last = 0;
  while (!signal.aborted) {
    const silence = new AbortController();
    try {
      const response = await api.open(`jobs/${encodeURIComponent(jobId)}/events`, {
        headers: last > 0 ? { 'last-event-id': String(last) } : {},
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status === 204 || response.body === null) return;
      for await (const message of parseSse(chunksOf(response.body, silence))) {
        const event = toEvent(message);
        if (event === undefined || event.id <= last) continue;
        last = event.id;
        yield event;
        if (event.type === 'end') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const passing =
        isAbort(error) || error instanceof TypeError || (error instanceof ApiError && error.reason === 'away');
      if (!passing) throw error;
    }
    await pause(RECONNECT_MS, signal);
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>, silence: AbortController): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const next = await reader.read().finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** Undefined for an event of a later version that this one does not know. */
function toEvent({ id, event, data }: SseMessage): FeedEvent | undefined {
  if (!TYPES.has(event)) return undefined;
  return { id: Number(id), type: event, ...(JSON.parse(data) as object) } as FeedEvent;
}
