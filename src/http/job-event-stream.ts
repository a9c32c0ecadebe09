/**
 * A job's feed as Server-Sent Events.
 *
 * Pulled, not pushed: an event is read from the job's files when the client has taken the one before,
 * so a slow reader costs neither memory nor anybody else's time.
 */
import type { FeedEntry, JobFeeds } from '../jobs/feed.ts';
import type { JobFolder } from '../jobs/folder.ts';
import type { JobManager } from '../jobs/manager.ts';
import { readSlice } from '../jobs/output.ts';
import type { OutputEvent, StatusEvent } from '../protocol/feed.ts';
import { endView, type JobLook } from './job-view.ts';

/** Proxies cut what says nothing for a minute or less. */
const HEARTBEAT_MS = 15_000;
const BATCH = 16;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Tells nginx not to gather the stream.
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

export function jobEventStream(jobs: JobManager, feeds: JobFeeds, look: JobLook, since: number, signal: AbortSignal): Response {
  const { record, folder, active } = look;
  const following = feeds.follow(folder, active);
  const { feed } = following;
  if (feed.ended && since >= feed.log.last) {
    following[Symbol.dispose]();
    return new Response(null, { status: 204 });
  }
  const leave = () => following[Symbol.dispose]();
  signal.addEventListener('abort', leave, { once: true });
  let cursor = since;
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 1000\n\n')),
      async pull(controller) {
        const grown = feed.log.grown;
        const entries = feed.log.read(cursor, BATCH);
        if (entries.length === 0) {
          const event = await Promise.race([grown, Bun.sleep(HEARTBEAT_MS).then(() => 'heartbeat' as const)]);
          if (signal.aborted) controller.close();
          else if (event === 'heartbeat') controller.enqueue(encoder.encode(': still here\n\n'));
          else await this.pull?.(controller);
          return;
        }
        for (const { id, entry } of entries) {
          cursor = id;
          const data = await dataOf(entry, record.id, folder, jobs);
          controller.enqueue(encoder.encode(`id: ${id}\nevent: ${entry.type}\ndata: ${JSON.stringify(data)}\n\n`));
          if (entry.type !== 'end') continue;
          leave();
          controller.close();
          return;
        }
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, { headers: HEADERS });
}

async function dataOf(entry: FeedEntry, jobId: string, folder: JobFolder, jobs: JobManager): Promise<unknown> {
  switch (entry.type) {
    case 'status':
      return { jobId, status: 'running' } satisfies StatusEvent;
    case 'stdout':
    case 'stderr': {
      const bytes = await readSlice(folder.output(entry.type), entry.from, entry.to);
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      return { offset: entry.from, bytes: entry.to - entry.from, text } satisfies OutputEvent;
    }
    case 'end': {
      const record = jobs.record(jobId);
      return record === undefined ? { jobId } : endView(record);
    }
  }
}
