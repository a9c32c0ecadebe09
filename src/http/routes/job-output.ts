import type { Elysia } from 'elysia';
import Type from 'typebox';
import type { JobManager } from '../../jobs/manager.ts';
import { describe, refusal } from '../describe.ts';
import { refuse } from '../failures.ts';
import { lookUp } from '../job-look.ts';
import { parseRange } from '../range.ts';
import { wordIn } from '../query.ts';
import { JOB_ID } from './jobs.ts';

export function jobOutputRoutes(app: Elysia, jobs: JobManager): void {
  app.get(
    '/jobs/:id/output',
    ({ params, request }) => {
      const stream = wordIn(new URL(request.url).searchParams, 'stream', ['stdout', 'stderr']);
      if (!stream.ok) return refuse(stream.failure);
      const look = lookUp(jobs, params.id);
      if (look === undefined) return refuse({ reason: 'job-not-found' });
      const name = stream.value ?? 'stdout';
      const { bytes } = look.folder.outputStat(name);
      const range = parseRange(request.headers.get('range'), bytes);
      if (range === 'unsatisfiable') return refuse({ reason: 'range-not-satisfiable', bytes });
      const headers = {
        'content-type': 'application/octet-stream',
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
      };
      if (bytes === 0) return new Response('', { headers });
      const file = Bun.file(look.folder.output(name));
      if (range === undefined) return new Response(file.slice(0, bytes), { headers });
      const contentRange = `bytes ${range.from}-${range.to - 1}/${bytes}`;
      return new Response(file.slice(range.from, range.to), {
        status: 206,
        headers: { ...headers, 'content-range': contentRange },
      });
    },
    describe({
      operationId: 'getJobOutput',
      summary: 'The raw bytes of the job’s output, as far as it has come.',
      description:
        'Honours a `Range` of one span of bytes, so that a reader can go on where it stopped: `Range: bytes=1000-`.',
      tags: ['Jobs'],
      parameters: [
        JOB_ID,
        {
          name: 'stream',
          in: 'query',
          description: '`stdout` (default) or `stderr`.',
          schema: Type.Enum(['stdout', 'stderr']),
        },
        {
          name: 'Range',
          in: 'header',
          description: '`bytes=FROM-TO`, `bytes=FROM-` or `bytes=-LAST`.',
          schema: Type.String(),
        },
      ],
      answers: {
        200: { description: 'All of it.', media: 'application/octet-stream' },
        206: { description: 'The range that was asked for.', media: 'application/octet-stream' },
        400: refusal('A parameter is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id.'),
        416: refusal('The range begins beyond the end.'),
      },
    }),
  );
}
