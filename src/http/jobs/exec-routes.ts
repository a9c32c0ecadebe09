/**
 * `POST /exec`. Its body is the exception among the routes: inherited callers see the first thing that is wrong in an
 * order that no schema can state, whatever content type they declare. So the route reads it itself, and each mode
 * checks its own fields (modes/).
 */
import Type from 'typebox';
import { fingerprintOf } from '../../jobs/idempotency.ts';
import type { JobManager } from '../../jobs/manager.ts';
import { parseExecRequest, scopeOfExec } from '../../modes/exec-request.ts';
import type { Modes } from '../../modes/mode.ts';
import { ExecRequest } from '../../protocol/exec.ts';
import { Accepted } from '../../protocol/job.ts';
import { noteSubject } from '../subject.ts';
import { callerOf, mayUse } from '../caller.ts';
import { answer, jsonRequest, refusal } from '../wire/answers.ts';
import { readJsonObject } from '../wire/body.ts';
import { refusalResponse } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { textProblem } from '../wire/text-problem.ts';
import { refuse } from './failures.ts';

const MAX_KEY_LENGTH = 255;

export const execRoutes = (jobs: JobManager, modes: Modes) =>
  resource('exec').post(
    '/exec',
    async ({ headers: { 'Idempotency-Key': key }, request, status }) => {
      if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))
        return invalid(`Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters`);
      const body = await readJsonObject(request, 'any');
      if (!body.ok) return refusalResponse(body.failure);
      const scope = scopeOfExec(body.value, modes);
      const caller = callerOf(request);
      if (caller === undefined || !mayUse(caller, scope)) return refusalResponse({ reason: 'scope-missing', scope });
      const problem = textProblem(body.value);
      if (problem !== undefined) return invalid(problem);
      const spec = parseExecRequest(body.value, modes);
      if (!spec.ok) return refuse(spec.failure);
      const submitted = jobs.submit(spec.value, key === undefined ? undefined : fingerprintOf(key, body.value));
      if (!submitted.ok) return refuse(submitted.failure);
      noteSubject(request, { job: submitted.value, mode: spec.value.mode });
      return status(202, { jobId: submitted.value, status: 'pending' });
    },
    {
      // Which of them depends on the mode, which is in the body.
      access: ['run', 'agents'],
      parse: 'none',
      headers: headers(
        Type.Object({
          'Idempotency-Key': Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: MAX_KEY_LENGTH,
              description:
                'Makes a retry safe: the same key and body within 24 hours answer with the first job’s id, the same key with another body is refused. 1 to 255 characters.',
            }),
          ),
        }),
      ),
      response: {
        202: answer('The job was accepted.', Accepted),
        400: refusal('The body is not valid; the message says what is wrong.'),
        409: refusal('The Idempotency-Key was used with another body, or another job has the `name`.'),
        503: refusal('The server is shutting down; `Retry-After` says when to try again.'),
        507: refusal('The job could not be stored, most likely because the disk is full.'),
      },
      detail: {
        operationId: 'exec',
        summary: 'Runs a command as a job and answers at once with the job’s id.',
        description:
          'The job outlives this request, its connection and the server itself. `GET /jobs/{id}` has its state and result. The body is read as JSON whatever its content type.',
        tags: ['Jobs'],
        requestBody: jsonRequest(ExecRequest),
      },
    },
  );

const invalid = (detail: string) => refuse({ reason: 'request-invalid', detail });
