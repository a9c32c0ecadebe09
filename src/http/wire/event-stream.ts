/**
 * A numbered sequence as Server-Sent Events (WHATWG HTML, 9.2).
 *
 *   retry ──▶ (event | heartbeat comment)* ──▶ end of the source, or the reader leaves
 *
 * Pulled, not pushed: an event is read and rendered when the reader has taken those before, so a slow reader costs
 * neither memory nor anybody else's time. A reader that comes back with `Last-Event-ID` as its cursor misses nothing
 * and gets nothing twice.
 */
import type { Notifier } from '../../core/notifier.ts';
import type { Numbered, ReadLimits } from '../../events/log.ts';
import { lastingAnswer } from './lasting.ts';
import { EVENT_STREAM_HEADERS } from './event-stream-headers.ts';

/** What is followed; disposed of when the stream is over, whoever ended it. */
export interface EventSource<Entry> extends Disposable {
  /** Entries with numbers above `after`, in order. */
  read(after: number, limits: ReadLimits): readonly Numbered<Entry>[];
  /** Notified when there is more to read, or when the source has ended. */
  readonly changed: Notifier;
  /** Nothing will come any more but what can be read now. */
  readonly ended: boolean;
}

export interface RenderedEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface EventStreamOptions<Entry> {
  readonly source: EventSource<Entry>;
  /** The number of the last event that the reader has; 0 for none. */
  readonly after: number;
  readonly render: (entry: Entry, id: number) => RenderedEvent | Promise<RenderedEvent>;
  /** How a number is written, for sequences of which there are several. Default: as it is. */
  readonly idOf?: (id: number) => string;
  /** Of the request: HEAD has no events, and ends at once. Default: GET. */
  readonly method?: string;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
  /** Proxies cut what says nothing for a minute or less. */
  readonly heartbeatMs?: number;
}

const HEARTBEAT_MS = 15_000;
const BATCH: ReadLimits = { entries: 16, bytes: 64 * 1024 };
/** What is rendered ahead of the reader, one event apart. */
const AHEAD_BYTES = 64 * 1024;

export function eventStream<Entry>(options: EventStreamOptions<Entry>): Response {
  if (options.method === 'HEAD') {
    // Elysia would read the stream, which has no end, to learn its length.
    options.source[Symbol.dispose]();
    return new Response(null, { headers: EVENT_STREAM_HEADERS });
  }
  const { source, render, idOf = String, signal, heartbeatMs = HEARTBEAT_MS } = options;
  const encoder = new TextEncoder();
  const left = new AbortController();
  let cursor = options.after;
  const leave = () => {
    if (left.signal.aborted) return;
    left.abort();
    signal.removeEventListener('abort', leave);
    source[Symbol.dispose]();
  };
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();

  /** Resolves when there is something for the reader to take, or nothing ever again. */
  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (!left.signal.aborted) {
      const entries = source.read(cursor, BATCH);
      let ahead = 0;
      for (const { id, entry } of entries) {
        const { event, data } = await render(entry, id);
        if (left.signal.aborted) return;
        const chunk = encoder.encode(`id: ${idOf(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
        controller.enqueue(chunk);
        cursor = id;
        ahead += chunk.length;
        if (ahead >= AHEAD_BYTES) return;
      }
      if (source.ended && source.read(cursor, BATCH).length === 0) return leave();
      if (entries.length > 0) return;
      const changed = await source.changed.wait(left.signal, heartbeatMs);
      if (!changed && !left.signal.aborted) return controller.enqueue(encoder.encode(': still here\n\n'));
    }
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 1000\n\n')),
      async pull(controller) {
        try {
          await pull(controller);
        } catch (error) {
          leave();
          throw error;
        }
        if (left.signal.aborted) closeQuietly(controller);
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  );
  return lastingAnswer(new Response(stream, { headers: EVENT_STREAM_HEADERS }), 'end');
}

/** A stream that its reader cancelled is closed already, and says so by throwing. */
function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // Closed is what it was to be.
  }
}
