import type { Elysia } from 'elysia';
import Type from 'typebox';
import { fingerprintOf } from '../../jobs/idempotency.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { ShellPool } from '../../shells/pool.ts';
import { readJsonObject } from '../body.ts';
import { describe, refusal } from '../describe.ts';
import { parseExecRequest } from '../exec-request.ts';
import { json, refuse } from '../failures.ts';

const MAX_KEY_LENGTH = 255;

export function execRoutes(app: Elysia, jobs: JobManager, shells: ShellPool): void {
  app.post(
    '/exec',
    async ({ request }) => {
      const key = request.headers.get('idempotency-key');
      if (key !== null && (key === '' || key.length > MAX_KEY_LENGTH)) {
        return refuse({
          reason: 'request-invalid',
          detail: `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters`,
        });
      }
      const body = await readJsonObject(request);
      if (!body.ok) return refuse(body.failure);
      const spec = parseExecRequest(body.value, { shells: shells.kinds.size > 0 });
      if (!spec.ok) return refuse(spec.failure);
      const submitted = jobs.submit(spec.value, key === null ? undefined : fingerprintOf(key, body.value));
      return submitted.ok ? json({ jobId: submitted.value, status: 'pending' }, 202) : refuse(submitted.failure);
    },
    describe({
      operationId: 'exec',
      summary: 'Runs a command as a job and answers at once with the job’s id.',
      description:
        'The job outlives this request, its connection and the server itself. Ask `GET /jobs/{id}` how it goes on.',
      tags: ['Jobs'],
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description:
            'Makes a retry safe: the same key and body within 24 hours answer with the first job’s id, the same key with another body is refused. 1 to 255 characters.',
          schema: Type.String({ minLength: 1, maxLength: MAX_KEY_LENGTH }),
        },
      ],
      body: 'ExecRequest',
      answers: {
        202: { description: 'The job was taken.', schema: 'Accepted' },
        400: refusal('The body is not valid; the message says what is wrong.'),
        401: refusal('Wrong or missing key.'),
        409: refusal('The Idempotency-Key was used with another body.'),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
        503: refusal('The server is going down.'),
        507: refusal('The job could not be stored, most likely because the disk is full.'),
      },
    }),
  );
}
