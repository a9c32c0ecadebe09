/** `GET /jobs/{id}/output`: raw bytes, with ranges, which is why the handler makes its responses itself. */
import Type from 'typebox';
import type { JobManager } from '../../jobs/manager.ts';
import { PARAMETER_INVALID, raw, refusal } from '../wire/answers.ts';
import { parseRange } from '../wire/range.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { headers } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { JOB } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';

const BYTES = 'application/octet-stream';

const HEADERS = { 'content-type': BYTES, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' } as const;

export const jobOutputRoutes = (jobs: JobManager) =>
  resource('job-output').get(
    '/jobs/:id/output',
    ({ params: { id }, query: { stream = 'stdout' }, headers: { Range }, set }) => {
      const job = snapshotOf(jobs, id);
      if (job === undefined) return refuse({ reason: 'job-not-found' });
      const { bytes } = job.folder.outputStat(stream);
      const range = parseRange(Range, bytes);
      if (range === 'unsatisfiable') {
        set.headers['content-range'] = `bytes */${bytes}`;
        return refuse({ reason: 'range-not-satisfiable', bytes });
      }
      if (bytes === 0) return new Response('', { headers: HEADERS });
      const file = Bun.file(job.folder.output(stream));
      if (range === undefined) return new Response(file.slice(0, bytes), { headers: HEADERS });
      return new Response(file.slice(range.from, range.to), {
        status: 206,
        headers: { ...HEADERS, 'content-range': `bytes ${range.from}-${range.to - 1}/${bytes}` },
      });
    },
    {
      access: 'observe',
      params: JOB,
      ...query(
        Type.Object({
          stream: Type.Optional(Type.Enum(['stdout', 'stderr'], { description: '`stdout` (default) or `stderr`.' })),
        }),
      ),
      headers: headers(
        Type.Object({
          Range: Type.Optional(Type.String({ description: '`bytes=FROM-TO`, `bytes=FROM-` or `bytes=-LAST`.' })),
        }),
      ),
      response: {
        200: raw('All of it.', BYTES),
        206: raw('The range that was asked for.', BYTES),
        400: PARAMETER_INVALID,
        404: refusal('There is no job of that id.'),
        416: refusal('The range begins beyond the end.'),
      },
      detail: {
        operationId: 'getJobOutput',
        summary: 'The raw bytes of the job’s output so far.',
        description:
          'Honours a `Range` of one span of bytes, so that a reader can continue where it stopped: `Range: bytes=1000-`.',
        tags: ['Jobs'],
      },
    },
  );
