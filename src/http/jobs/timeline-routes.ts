/** `GET /jobs/{id}/timeline`: both streams of a job's output in the order in which they came. */
import Type from 'typebox';
import { toSeconds } from '../../core/clock.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { readTimeline } from '../../jobs/timeline/timeline.ts';
import { Timeline } from '../../protocol/timeline.ts';
import { answer, PARAMETER_INVALID, refusal } from '../wire/answers.ts';
import { query } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { JOB } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';

const DEFAULT_BYTES = 64 * 1024;
const MIN_BYTES = 16;
const MAX_BYTES = 1024 * 1024;

const PART = query(
  Type.Object({
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
        description:
          'Position of the first byte, counted over both streams together. Default 0; at the end or beyond it there are no entries.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: MIN_BYTES,
        maximum: MAX_BYTES,
        default: DEFAULT_BYTES,
        description: `The most bytes of output, ${MIN_BYTES} to ${MAX_BYTES}. Default ${DEFAULT_BYTES}.`,
      }),
    ),
  }),
);

export const jobTimelineRoutes = (jobs: JobManager) =>
  resource('job-timeline').get(
    '/jobs/:id/timeline',
    async ({ params: { id }, query: { from = 0, limit = DEFAULT_BYTES } }) => {
      const job = snapshotOf(jobs, id);
      if (job === undefined) return refuse({ reason: 'job-not-found' });
      const done = job.record.outcome !== undefined;
      // The clock of files ticks more coarsely than ours: output does not come before its process.
      const earliest = job.record.startedAt ?? 0;
      const { entries, ...part } = await readTimeline(job.folder, { from, limit, done });
      return {
        ...part,
        complete: done && part.to === part.total,
        entries: entries.map(({ at, ...entry }) => ({ time: toSeconds(Math.max(at, earliest)), ...entry })),
      };
    },
    {
      access: 'observe',
      params: JOB,
      ...PART,
      response: {
        200: answer('That part of the output.', Timeline),
        400: PARAMETER_INVALID,
        404: refusal('There is no job with that id.'),
      },
      detail: {
        operationId: 'getJobTimeline',
        summary: 'Both streams of the job’s output in the order in which they came, with times.',
        description:
          'Any part of it, however long the output is: `from` takes any position up to `total`, and `to` is the `from` of the next part. The sizes of both streams are sampled ten times a second; what came on both between two samples is ordered by the time of each stream’s last write, or stdout first if that does not tell. Samples are further apart with more than 100 running jobs that print, or more than 100 that are silent, and for a job older than 3 hours (0.9 s after a day). What was written while no server ran, by a job of an earlier version, or by processes left behind after the end is one entry for each stream. An answer has at most 10,000 entries.',
        tags: ['Jobs'],
      },
    },
  );
