/**
 * A job's feed as Server-Sent Events.
 *
 * Pulled, not pushed: an event is read from the job's files when the client has taken the one before,
 * so a slow reader costs neither memory nor anybody else's time.
 */
import type { FeedEntry, JobFeeds } from '../../jobs/feed.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { readSlice } from '../../jobs/output.ts';
import type { OutputEvent, StatusEvent } from '../../protocol/feed.ts';
import type { JobSnapshot } from './snapshot.ts';
import { endView } from './view.ts';

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

export function jobEventStream(
  jobs: JobManager,
  feeds: JobFeeds,
  look: JobSnapshot,
  since: number,
  signal: AbortSignal,
): Response {
  const { record, folder, active } = look;
  const following = feeds.follow(folder, active);
  const { feed } = following;
  if (feed.ended && since >= feed.log.last) {
    following[Symbol.dispose]();
    return new Response(null, { status: 204 });
  }
  let left = false;
  const leave = () => {
    left = true;
    following[Symbol.dispose]();
  };
  signal.addEventListener('abort', leave, { once: true });
  let cursor = since;
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('retry: 1000\n\n')),
      async pull(controller) {
        for (;;) {
          const grown = feed.log.grown;
          const entries = feed.read(cursor, BATCH);
          for (const { id, entry } of entries) {
            const data = await dataOf(entry, record.id, folder, jobs);
            if (left) break;
            cursor = id;
            controller.enqueue(encoder.encode(`id: ${id}\nevent: ${entry.type}\ndata: ${JSON.stringify(data)}\n\n`));
            if (entry.type !== 'end') continue;
            leave();
            controller.close();
            return;
          }
          // Asked before every wait: a log that is closed has nothing to wait for, and would be asked for ever.
          if (left) return closeQuietly(controller);
          if (entries.length > 0) return;
          // The job was removed: there is nothing left to tell, its end included.
          if (feed.closed) {
            leave();
            return closeQuietly(controller);
          }
          if ((await grownOrHeartbeat(grown)) === 'heartbeat' && !left)
            return controller.enqueue(encoder.encode(': still here\n\n'));
        }
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  );
  return new Response(stream, { headers: HEADERS });
}

async function grownOrHeartbeat(grown: Promise<void>): Promise<'grown' | 'heartbeat'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heartbeat = new Promise<'heartbeat'>((resolve) => {
    timer = setTimeout(() => resolve('heartbeat'), HEARTBEAT_MS);
  });
  try {
    return await Promise.race([grown.then(() => 'grown' as const), heartbeat]);
  } finally {
    clearTimeout(timer);
  }
}

/** A stream that its reader cancelled is closed already, and says so by throwing. */
function closeQuietly(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // Closed is what it was to be.
  }
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
