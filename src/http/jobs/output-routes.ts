/** `GET /jobs/{id}/output`: raw bytes, with ranges, which is why the handler makes its responses itself. */
import Type from 'typebox';
import type { JobManager } from '../../jobs/manager.ts';
import { PARAMETER_INVALID, raw, refusal } from '../wire/answers.ts';
import { lastingAnswer } from '../wire/lasting.ts';
import { parseRange } from '../wire/range.ts';
import { resource } from '../wire/routes.ts';
import { query } from '../wire/query.ts';
import { headers } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { JOB } from './parameters.ts';
import { snapshotOf } from './snapshot.ts';

const BYTES = 'application/octet-stream';

/**
 * More than that is sent piece by piece, so that it ends with its key, and without a `Content-Length`, which Bun does not send with
 * a stream. As much as this the system may hold for a reader anyway, where no key is asked for any more.
 */
const AT_ONCE_BYTES = 1024 * 1024;

const HEADERS = { 'content-type': BYTES, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' } as const;

export const jobOutputRoutes = (jobs: JobManager) =>
  resource('job-output').get(
    '/jobs/:id/output',
    ({ params: { id }, query: { stream = 'stdout' }, headers: { Range, 'If-Range': ifRange }, request, set }) => {
      const job = snapshotOf(jobs, id);
      if (job === undefined) return refuse({ reason: 'job-not-found' });
      const { bytes } = job.folder.outputStat(stream);
      // We name no version of the output, so one that is named is not ours (RFC 9110, 13.1.5).
      const range = ifRange === undefined ? parseRange(Range, bytes) : undefined;
      if (range === 'unsatisfiable') {
        set.headers['content-range'] = `bytes */${bytes}`;
        return refuse({ reason: 'range-not-satisfiable', bytes });
      }
      if (bytes === 0) return new Response('', { headers: HEADERS });
      const { from, to } = range ?? { from: 0, to: bytes };
      const answer = new Response(Bun.file(job.folder.output(stream)).slice(from, to), {
        status: range === undefined ? 200 : 206,
        headers: range === undefined ? HEADERS : { ...HEADERS, 'content-range': `bytes ${from}-${to - 1}/${bytes}` },
      });
      const isLong = to - from > AT_ONCE_BYTES && request.method !== 'HEAD';
      return isLong ? lastingAnswer(answer, 'cut') : answer;
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
          'If-Range': Type.Optional(
            Type.String({ description: 'If present, `Range` is ignored: answers have no `ETag` that it could name.' }),
          ),
        }),
      ),
      response: {
        200: raw('All of it.', BYTES),
        206: raw('The range that was asked for.', BYTES),
        400: PARAMETER_INVALID,
        404: refusal('There is no job with that id.'),
        416: refusal('The range begins beyond the end.'),
      },
      detail: {
        operationId: 'getJobOutput',
        summary: 'The raw bytes of the job’s output so far.',
        description:
          'Honours a `Range` of a single span of bytes, so that a reader can continue where it stopped: `Range: bytes=1000-`. More than 1 MiB is sent without `Content-Length`, which `HEAD` returns; it breaks off when the key expires, is deleted or rotated.',
        tags: ['Jobs'],
      },
    },
  );
