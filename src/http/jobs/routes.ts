/** `GET /jobs` and `GET /jobs/{id}`: the records of jobs. */
import Type from 'typebox';
import type { JobManager } from '../../jobs/manager.ts';
import { JOB_STATUSES } from '../../jobs/record.ts';
import { JobResource } from '../../protocol/job.ts';
import { answer, PARAMETER_INVALID, refusal } from '../wire/answers.ts';
import { jsonList } from '../wire/json-list.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { refuse } from './failures.ts';
import { JOB, tailLines } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';
import { jobView } from './view.ts';

const MAX_WAIT_SECONDS = 30;
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

const PAGE = query(
  Type.Object({
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_PAGE_SIZE,
        default: DEFAULT_PAGE_SIZE,
        description: `The most jobs to list, 1 to ${MAX_PAGE_SIZE}. Default ${DEFAULT_PAGE_SIZE}.`,
      }),
    ),
    before: Type.Optional(Type.String({ description: 'Only jobs submitted before the job of this id.' })),
    status: Type.Optional(Type.Enum([...JOB_STATUSES], { description: 'Only jobs with this status.' })),
    cancelled: Type.Optional(
      Type.Boolean({ description: 'true: only jobs that were cancelled; false: only those that were not.' }),
    ),
    find: Type.Optional(
      Type.String({ description: 'Only jobs whose command contains this text, in upper or lower case.' }),
    ),
    tailLines,
  }),
);

const ONE = query(
  Type.Object({
    tailLines,
    wait: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_WAIT_SECONDS,
        description: `Long-poll: the answer comes when the job ends, or after this many seconds, 0 to ${MAX_WAIT_SECONDS}.`,
      }),
    ),
  }),
);

export const jobRoutes = (jobs: JobManager) =>
  resource('jobs')
    .get(
      '/jobs',
      ({ query: { limit = DEFAULT_PAGE_SIZE, before: beforeId, tailLines: lines, ...filter } }) => {
        const before = beforeId === undefined ? undefined : jobs.record(beforeId);
        if (beforeId !== undefined && before === undefined) return refuse({ reason: 'before-unknown' });
        return jsonList(jobs.page(limit, before, filter), (record) =>
          jobView({ record, folder: jobs.folder(record.id), active: jobs.activeJob(record.id) }, lines),
        );
      },
      {
        access: 'observe',
        ...PAGE,
        response: {
          200: answer('The jobs.', Type.Array(JobResource)),
          400: refusal('A parameter is not valid, or `before` is not the id of a job.'),
        },
        detail: {
          operationId: 'listJobs',
          summary: 'Jobs, newest first.',
          description: 'To page over history, ask for the jobs `before` the last one of a page, until a page is empty.',
          tags: ['Jobs'],
        },
      },
    )
    .get(
      '/jobs/:id',
      async ({ params: { id: named }, query: { tailLines: lines, wait }, request }) => {
        // A name is gone when the job is done.
        const id = jobs.record(named)?.id ?? named;
        if (wait !== undefined) await jobs.finished(id, wait * 1000, request.signal);
        const job = snapshotOf(jobs, id);
        return job === undefined ? refuse({ reason: 'job-not-found' }) : jobView(job, lines);
      },
      {
        access: 'observe',
        params: JOB,
        ...ONE,
        response: {
          200: answer('The job.', JobResource),
          400: PARAMETER_INVALID,
          404: refusal('There is no job with that id, or it is no longer kept.'),
        },
        detail: { operationId: 'getJob', summary: 'One job.', tags: ['Jobs'] },
      },
    );
