import type { Elysia } from 'elysia';
import type { InputRefusal } from '../../jobs/input-queue.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../jobs/record.ts';
import { InputRequest } from '../../protocol/job.ts';
import { readJsonObject } from '../body.ts';
import { describe, refusal } from '../describe.ts';
import { json, refuse } from '../failures.ts';
import { validator } from '../validate.ts';
import { JOB_ID } from './jobs.ts';

const validateInput = validator(InputRequest);
const NEWLINE = new TextEncoder().encode('\n');

const REASONS = {
  'not-running': 'process not running',
  'stdin-closed': 'stdin is closed',
  'stdin-full': 'stdin is full: the job does not read it',
} satisfies Record<InputRefusal, string>;

export function jobControlRoutes(app: Elysia, jobs: JobManager): void {
  app.post(
    '/jobs/:id/nudge',
    async ({ params }) => {
      const record = jobs.record(params.id);
      if (record === undefined) return refuse({ reason: 'job-not-found' });
      const job = jobs.activeJob(params.id);
      const refused = job === undefined ? 'not-running' : await job.nudge(NEWLINE);
      return json(
        refused === undefined
          ? { nudged: true, processAlive: true }
          : { nudged: false, ...because(refused, record, job) },
      );
    },
    describe({
      operationId: 'nudgeJob',
      summary: 'Writes a newline to the job’s standard input.',
      description: 'For a command that waits for somebody to press Enter.',
      tags: ['Jobs'],
      parameters: [JOB_ID],
      answers: {
        200: { description: 'Whether it arrived, and why not.', schema: 'NudgeAnswer' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id.'),
      },
    }),
  );

  app.post(
    '/jobs/:id/input',
    async ({ params, request }) => {
      const record = jobs.record(params.id);
      if (record === undefined) return refuse({ reason: 'job-not-found' });
      const body = await readJsonObject(request);
      if (!body.ok) return refuse(body.failure);
      const input = validateInput(body.value);
      if (!input.ok) return refuse(input.failure);
      const bytes = bytesOf(input.value);
      if (bytes === undefined) return refuse({ reason: 'request-invalid', detail: 'dataBase64 is not base64' });
      const job = jobs.activeJob(params.id);
      const refused = job === undefined ? 'not-running' : await feed(job, bytes, input.value.eof ?? false);
      if (refused === 'stdin-full') return refuse({ reason: 'input-full' });
      return json(
        refused === undefined
          ? { accepted: true, processAlive: true }
          : { accepted: false, ...because(refused, record, job) },
      );
    },
    describe({
      operationId: 'writeJobInput',
      summary: 'Writes to the job’s standard input, or closes it.',
      description: 'Answers when the bytes are in the job’s input pipe: a job that reads slowly slows the caller down.',
      tags: ['Jobs'],
      parameters: [JOB_ID],
      body: 'InputRequest',
      answers: {
        200: { description: 'Whether it arrived, and why not.', schema: 'InputAnswer' },
        400: refusal('The body is not valid.'),
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id.'),
        409: refusal('More than 1 MiB waits already for a job that does not read.'),
        413: refusal('The body is larger than 1 MiB.'),
        415: refusal('The body is not JSON.'),
      },
    }),
  );

  app.post(
    '/jobs/:id/cancel',
    ({ params }) => {
      if (jobs.record(params.id) === undefined) return refuse({ reason: 'job-not-found' });
      const cancelled = jobs.activeJob(params.id)?.cancel() ?? false;
      return json(cancelled ? { cancelled: true } : { cancelled: false, reason: 'the job has ended already' });
    },
    describe({
      operationId: 'cancelJob',
      summary: 'Ends the job with everything it started.',
      description:
        'The job is then `failed` with `cancelled: true` and exit code -1. Its record tells when it is over.',
      tags: ['Jobs'],
      parameters: [JOB_ID],
      answers: {
        200: { description: 'Whether there was something to end.', schema: 'CancelAnswer' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no job of that id.'),
      },
    }),
  );
}

const because = (refused: InputRefusal, { spec }: JobRecord, job: Job | undefined) => ({
  // Inherited callers compare the words.
  reason:
    refused === 'not-running' && spec.mode === 'persistent_shell' ? 'persistent session not running' : REASONS[refused],
  processAlive: job?.processAlive ?? false,
});

async function feed(job: Job, bytes: Uint8Array, eof: boolean): Promise<InputRefusal | undefined> {
  const refused = await job.write(bytes);
  return refused === undefined && eof ? job.closeInput() : refused;
}

/** Undefined when there is base64 that is none. */
function bytesOf({ data = '', dataBase64 = '' }: InputRequest): Uint8Array | undefined {
  try {
    return Buffer.concat([Buffer.from(data), Uint8Array.fromBase64(dataBase64)]);
  } catch {
    return undefined;
  }
}
