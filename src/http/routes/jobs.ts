import type { Elysia } from 'elysia';
import Type from 'typebox';
import type { JobManager } from '../../jobs/manager.ts';
import { JOB_STATUSES } from '../../jobs/record.ts';
import { describe, refusal, type Parameter } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { lookUp } from '../job-look.ts';
import { jobView } from '../job-view.ts';
import { jsonList } from '../json-list.ts';
import { integerIn, secondsIn, wordIn } from '../query.ts';

const MAX_TAIL_LINES = 100_000;
const MAX_WAIT_SECONDS = 30;
const DEFAULT_PAGE = 20;
const MAX_PAGE_SIZE = 100;

export const JOB_ID: Parameter = {
  name: 'id',
  in: 'path',
  description: 'Job id: 12 lower-case hex digits.',
  schema: Type.String(),
};
const TAIL_LINES: Parameter = {
  name: 'tailLines',
  in: 'query',
  description: `\`stdout\` and \`stderr\` hold the last N lines, also while the job runs. 0 to ${MAX_TAIL_LINES}; at most 1 MiB of each.`,
  schema: Type.Integer({ minimum: 0, maximum: MAX_TAIL_LINES }),
};

export function jobRoutes(app: Elysia, jobs: JobManager): void {
  app.get(
    '/jobs',
    async ({ request }) => {
      const query = new URL(request.url).searchParams;
      const limit = integerIn(query, 'limit', 1, MAX_PAGE_SIZE);
      if (!limit.ok) return refuse(limit.failure);
      const status = wordIn(query, 'status', JOB_STATUSES);
      if (!status.ok) return refuse(status.failure);
      const tailLines = integerIn(query, 'tailLines', 0, MAX_TAIL_LINES);
      if (!tailLines.ok) return refuse(tailLines.failure);
      const beforeId = query.get('before');
      const before = beforeId === null ? undefined : jobs.record(beforeId);
      if (beforeId !== null && before === undefined)
        return refuse({ reason: 'request-invalid', detail: 'before must be the id of a job that is kept' });
      const page = jobs.page(limit.value ?? DEFAULT_PAGE, before, status.value);
      return jsonList(page, (record) =>
        jobView({ record, folder: jobs.folder(record.id), active: jobs.activeJob(record.id) }, tailLines.value),
      );
    },
    describe({
      operationId: 'listJobs',
      summary: 'Jobs, newest first.',
      description: 'To page over history, ask for the jobs `before` the last one of a page, until a page is empty.',
      tags: ['Jobs'],
      parameters: [
        {
          name: 'limit',
          in: 'query',
          description: `At most so many. Default ${DEFAULT_PAGE}, 1 to ${MAX_PAGE_SIZE}.`,
          schema: Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE }),
        },
        {
          name: 'before',
          in: 'query',
          description: 'Only jobs submitted before the job of this id.',
          schema: Type.String(),
        },
        {
          name: 'status',
          in: 'query',
          description: 'Only jobs with this status.',
          schema: Type.Enum([...JOB_STATUSES]),
        },
        TAIL_LINES,
      ],
      answers: {
        200: { description: 'The jobs.', schema: 'JobResource', list: true },
        400: refusal('A parameter is not valid, or `before` is not known.'),
        401: refusal('Wrong or missing key.'),
      },
    }),
  );

  app.get(
    '/jobs/:id',
    async ({ params, request }) => {
      const query = new URL(request.url).searchParams;
      const tailLines = integerIn(query, 'tailLines', 0, MAX_TAIL_LINES);
      if (!tailLines.ok) return refuse(tailLines.failure);
      const wait = secondsIn(query, 'wait', MAX_WAIT_SECONDS);
      if (!wait.ok) return refuse(wait.failure);
      if (wait.value !== undefined) await jobs.finished(params.id, wait.value * 1000, request.signal);
      const look = lookUp(jobs, params.id);
      return look === undefined ? refuse({ reason: 'job-not-found' }) : json(await jobView(look, tailLines.value));
    },
    describe({
      operationId: 'getJob',
      summary: 'One job.',
      tags: ['Jobs'],
      parameters: [
        JOB_ID,
        TAIL_LINES,
        {
          name: 'wait',
          in: 'query',
          description: `Long-poll: answers when the job ends, or after so many seconds. 0 to ${MAX_WAIT_SECONDS}.`,
          schema: Type.Number({ minimum: 0, maximum: MAX_WAIT_SECONDS }),
        },
      ],
      answers: {
        200: { description: 'The job.', schema: 'JobResource' },
        400: refusal('A parameter is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id, or it is no longer kept.'),
      },
    }),
  );
}
