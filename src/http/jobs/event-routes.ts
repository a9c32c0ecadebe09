/** `GET /jobs/{id}/events`: the job as Server-Sent Events. */
import Type from 'typebox';
import type { JobFeeds } from '../../jobs/feed.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { EndEvent, OutputEvent, StatusEvent } from '../../protocol/feed.ts';
import { empty, eventStream, refusal } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { headers } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { jobEventStream } from './job-event-stream.ts';
import { JOB } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';

export const jobEventRoutes = (jobs: JobManager, feeds: JobFeeds) =>
  resource('job-events').get(
    '/jobs/:id/events',
    ({ params: { id }, headers: { 'Last-Event-ID': lastEventId }, query: { since: sinceGiven }, request }) => {
      const job = snapshotOf(jobs, id);
      if (job === undefined) return refuse({ reason: 'job-not-found' });
      // A reconnecting EventSource sends the header; `since` is for those who cannot set one.
      const since = lastEventId ?? sinceGiven ?? 0;
      return jobEventStream(jobs, feeds, job, since, request.signal);
    },
    {
      access: 'observe',
      params: JOB,
      headers: headers(
        Type.Object({
          'Last-Event-ID': Type.Optional(Type.Integer({ minimum: 0, description: 'Only events after this one.' })),
        }),
      ),
      ...query(
        Type.Object({
          since: Type.Optional(
            Type.Integer({ minimum: 0, description: 'The same for clients that cannot set the header.' }),
          ),
        }),
      ),
      response: {
        200: eventStream('The events; `data` is a StatusEvent, an OutputEvent or an EndEvent.', [
          StatusEvent,
          OutputEvent,
          EndEvent,
        ]),
        204: empty('There is nothing after that event, and never will be.'),
        400: refusal('Last-Event-ID or `since` is not a whole number.'),
        404: refusal('There is no job of that id.'),
      },
      detail: {
        operationId: 'followJob',
        summary: 'The job as Server-Sent Events: `status`, then `stdout` and `stderr` as they come, then `end`.',
        description:
          'Ids are whole numbers from 1. A reader that reconnects with `Last-Event-ID` gets what came after it, nothing lost and nothing twice, also after a restart of the server. Reconnecting after `end` is answered with 204, which tells an EventSource to stop.',
        tags: ['Jobs'],
      },
    },
  );
