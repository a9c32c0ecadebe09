/** A job's feed as Server-Sent Events: `status`, then `stdout` and `stderr` as they come, then `end`. */
import { decodeUtf8 } from '../../core/utf8.ts';
import type { ReadLimits } from '../../events/log.ts';
import type { FeedEntry } from '../../jobs/feed-entry.ts';
import type { Following } from '../../jobs/feed.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { readSlice } from '../../jobs/output.ts';
import type { OutputEvent, StatusEvent } from '../../protocol/feed.ts';
import { eventStream } from '../wire/event-stream.ts';
import type { JobSnapshot } from './snapshot.ts';
import { endView } from './view.ts';

/** Answers 204 where there is nothing after `after` and never will be: that stops an EventSource. */
export function jobEventStream(
  jobs: JobManager,
  following: Following,
  { record, folder }: JobSnapshot,
  after: number,
  { method, signal }: Request,
): Response {
  const { feed } = following;
  if (feed.complete && after >= feed.last) {
    following[Symbol.dispose]();
    return new Response(null, { status: 204 });
  }
  const source = {
    read: (cursor: number, limits: ReadLimits) => feed.read(cursor, limits),
    changed: feed.changed,
    get ended() {
      return feed.ended;
    },
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
  const render = async (entry: FeedEntry) => ({ event: entry.type, data: await dataOf(entry) });
  return eventStream({ source, after, render, method, signal });

  async function dataOf(entry: FeedEntry): Promise<unknown> {
    switch (entry.type) {
      case 'status':
        return { jobId: record.id, status: 'running' } satisfies StatusEvent;
      case 'stdout':
      case 'stderr': {
        const text = decodeUtf8(await readSlice(folder.output(entry.type), entry.from, entry.to));
        return { offset: entry.from, bytes: entry.to - entry.from, text } satisfies OutputEvent;
      }
      case 'end': {
        const ended = jobs.record(record.id);
        return ended === undefined ? { jobId: record.id } : endView(ended);
      }
    }
  }
}
