import type { Elysia } from 'elysia';
import Type from 'typebox';
import type { JobFeeds } from '../../jobs/feed.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { describe, refusal } from '../describe.ts';
import { refuse } from '../failures.ts';
import { jobEventStream } from '../jobs/job-event-stream.ts';
import { lookUp } from '../job-look.ts';
import { integerIn } from '../query.ts';
import { JOB_ID } from './jobs.ts';

export function jobEventRoutes(app: Elysia, jobs: JobManager, feeds: JobFeeds): void {
  app.get(
    '/jobs/:id/events',
    ({ params, request }) => {
      const query = new URL(request.url).searchParams;
      // A reconnecting EventSource sends the header; `since` is for those who cannot set one.
      const header = request.headers.get('last-event-id');
      if (header !== null) query.set('since', header);
      const since = integerIn(query, 'since', 0, Number.MAX_SAFE_INTEGER);
      if (!since.ok) return refuse({ reason: 'request-invalid', detail: 'Last-Event-ID must be a whole number' });
      const look = lookUp(jobs, params.id);
      if (look === undefined) return refuse({ reason: 'job-not-found' });
      return jobEventStream(jobs, feeds, look, since.value ?? 0, request.signal);
    },
    describe({
      operationId: 'followJob',
      summary: 'The job as Server-Sent Events: `status`, then `stdout` and `stderr` as they come, then `end`.',
      description:
        'Ids are whole numbers from 1. A reader that comes back with `Last-Event-ID` gets what came after it, nothing lost and nothing twice, also after a restart of the server. Coming back after `end` is answered with 204, which tells an EventSource to stop.',
      tags: ['Jobs'],
      parameters: [
        JOB_ID,
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: 'Only events after this one.',
          schema: Type.Integer({ minimum: 0 }),
        },
        {
          name: 'since',
          in: 'query',
          description: 'The same for clients that cannot set the header.',
          schema: Type.Integer({ minimum: 0 }),
        },
      ],
      answers: {
        200: {
          description: 'The events; `data` is a StatusEvent, an OutputEvent or an EndEvent.',
          media: 'text/event-stream',
        },
        204: { description: 'There is nothing after that event, and never will be.' },
        400: refusal('Last-Event-ID is not a whole number.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id.'),
      },
    }),
  );
}
