/** A job's events as they come. */
import type { EndEvent, OutputEvent, StatusEvent } from '../protocol/feed.ts';
import { followNumbered, type FollowOptions, type NumberedMessage } from './numbered-events.ts';
import type { Transport } from './transport.ts';

/** Which of its two streams. */
export type OutputStream = 'stdout' | 'stderr';
/** Output of a job. */
export type JobOutputEvent = { readonly id: number; readonly type: OutputStream } & OutputEvent;
/** What happens to a job: it starts, prints, and ends. */
export type JobEvent =
  | ({ readonly id: number; readonly type: 'status' } & StatusEvent)
  | JobOutputEvent
  | ({ readonly id: number; readonly type: 'end' } & EndEvent);

/** Ends after the `end` event, or at once when `since` is that event. */
export async function* followJob(
  transport: Transport,
  jobId: string,
  options: FollowOptions = {},
): AsyncGenerator<JobEvent> {
  for await (const message of followNumbered(transport, `/jobs/${encodeURIComponent(jobId)}/events`, options)) {
    const event = toEvent(message);
    if (event === undefined) continue;
    yield event;
    if (event.type === 'end') return;
  }
}

const TYPES: ReadonlySet<string> = new Set<JobEvent['type']>(['status', 'stdout', 'stderr', 'end']);

/** Undefined for an event of a later version that this one does not know. */
function toEvent({ id, event = '', data }: NumberedMessage): JobEvent | undefined {
  if (!TYPES.has(event)) return undefined;
  return { id, type: event, ...(JSON.parse(data) as object) } as JobEvent;
}
