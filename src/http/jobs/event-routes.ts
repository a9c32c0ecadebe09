/** `GET /jobs/{id}/events`: the job as Server-Sent Events. */
import Type from 'typebox';
import type { JobFeeds } from '../../jobs/feed.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { EndEvent, OutputEvent, StatusEvent } from '../../protocol/feed.ts';
import { empty, eventStream, refusal } from '../wire/answers.ts';
import { cursorOf, EVENT_CURSOR, SINCE } from '../wire/event-cursor.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { refuse } from './failures.ts';
import { jobEventStream } from './job-event-stream.ts';
import { JOB } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';

export const jobEventRoutes = (jobs: JobManager, feeds: JobFeeds) =>
  resource('job-events').get(
    '/jobs/:id/events',
    async ({ params: { id }, headers: cursor, query: asked, request }) => {
      const job = snapshotOf(jobs, id);
      if (job === undefined) return refuse({ reason: 'job-not-found' });
      const following = await feeds.follow(job.folder, job.active);
      const { writeError } = following.feed;
      if (writeError === undefined) return jobEventStream(jobs, following, job, cursorOf(cursor, asked), request);
      // Those who follow already wait for room; a newcomer would learn nothing from that.
      following[Symbol.dispose]();
      return refuse({ reason: 'events-not-stored', detail: writeError });
    },
    {
      access: 'observe',
      params: JOB,
      headers: EVENT_CURSOR,
      ...query(Type.Object(SINCE)),
      response: {
        200: eventStream('The events; `data` is a StatusEvent, an OutputEvent or an EndEvent.', [
          StatusEvent,
          OutputEvent,
          EndEvent,
        ]),
        204: empty('There is nothing after that event, and never will be.'),
        400: refusal('Last-Event-ID or `since` is not a whole number.'),
        404: refusal('There is no job with that id.'),
        507: refusal('The events could not be stored: the disk is full or cannot be written.'),
      },
      detail: {
        operationId: 'followJob',
        summary: 'The job as Server-Sent Events: `status`, then `stdout` and `stderr` as they come, then `end`.',
        description:
          'Ids are whole numbers from 1. A reader that reconnects with `Last-Event-ID` gets what came after it, without loss or repeat, also after a restart of the server. Reconnecting after `end` is answered with 204, which tells an EventSource to stop.',
        tags: ['Jobs'],
      },
    },
  );
