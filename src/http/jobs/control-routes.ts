/** What is done to a running job: nudge, input, cancel. */
import Type from 'typebox';
import type { InputRefusal } from '../../jobs/input-queue.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobManager } from '../../jobs/manager.ts';
import type { JobRecord } from '../../jobs/record.ts';
import { CancelAnswer, InputAnswer, InputRequest, NudgeAnswer } from '../../protocol/job.ts';
import { answer, jsonOrBytesRequest, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { query } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse, responseTo } from './failures.ts';
import { JOB } from './parameters.ts';

const NEWLINE = new TextEncoder().encode('\n');
const INPUT_QUERY = Type.Object({
  eof: Type.Optional(
    Type.Enum(['0', '1'], {
      description:
        '`1` closes the job’s standard input after the data. Default `0`. Where the body is JSON and has `eof`, that counts.',
    }),
  ),
});
const JOB_UNKNOWN = refusal('There is no job with that id.');

const REASONS = {
  'not-running': 'process not running',
  'stdin-closed': 'stdin is closed',
  'stdin-full': 'stdin is full: the job does not read it',
} satisfies Record<InputRefusal, string>;

export const jobControlRoutes = (jobs: JobManager) =>
  resource('job-control')
    .post(
      '/jobs/:id/nudge',
      async ({ params: { id } }) => {
        const record = jobs.record(id);
        if (record === undefined) return refuse({ reason: 'job-not-found' });
        const job = jobs.activeJob(id);
        const refused = job === undefined ? 'not-running' : await job.nudge(NEWLINE);
        return refused === undefined
          ? { nudged: true, processAlive: true }
          : { nudged: false, ...explain(refused, record, job) };
      },
      {
        access: 'run',
        // Inherited callers send `{}`, as whatever their library declares it: it says nothing and is not read.
        parse: 'none',
        params: JOB,
        response: { 200: answer('Whether it was written and, if not, why.', NudgeAnswer), 404: JOB_UNKNOWN },
        detail: {
          operationId: 'nudgeJob',
          summary: 'Writes a newline to the job’s standard input.',
          description: 'For a command that waits for somebody to press Enter.',
          tags: ['Jobs'],
        },
      },
    )
    .post(
      '/jobs/:id/input',
      async ({ params: { id }, query: { eof }, body: input }) => {
        const record = jobs.record(id);
        if (record === undefined) return refuse({ reason: 'job-not-found' });
        const bytes = bytesOf(input);
        if (bytes === undefined) return refuse({ reason: 'request-invalid', detail: 'dataBase64 is not base64' });
        const job = jobs.activeJob(id);
        const refused = job === undefined ? 'not-running' : await write(job, bytes, input.eof ?? eof === '1');
        if (refused === 'stdin-full') return refuse({ reason: 'input-full' });
        return refused === undefined
          ? { accepted: true, processAlive: true }
          : { accepted: false, ...explain(refused, record, job) };
      },
      {
        access: 'run',
        params: JOB,
        ...query(INPUT_QUERY),
        ...jsonBody(InputRequest, {
          octets: (bytes) => ({ dataBase64: bytes.toBase64() }),
          unless: ({ id = '' }) =>
            jobs.record(id) === undefined ? responseTo({ reason: 'job-not-found' }) : undefined,
        }),
        response: {
          200: answer('Whether it was written and, if not, why.', InputAnswer),
          400: refusal('The body is not valid.'),
          404: JOB_UNKNOWN,
          409: refusal('More than 1 MiB already waits for a job that does not read it.'),
        },
        detail: {
          operationId: 'writeJobInput',
          summary: 'Writes to the job’s standard input, or closes it.',
          description:
            'As JSON, or as raw bytes of at most 1 MiB with `Content-Type: application/octet-stream`. The answer comes when the bytes are in the job’s input pipe: a job that reads slowly slows the caller down.',
          tags: ['Jobs'],
          requestBody: jsonOrBytesRequest(
            InputRequest,
            'Bytes for the job’s standard input, as they are. At most 1 MiB.',
          ),
        },
      },
    )
    .post(
      '/jobs/:id/cancel',
      ({ params: { id } }) => {
        if (jobs.record(id) === undefined) return refuse({ reason: 'job-not-found' });
        const cancelled = jobs.activeJob(id)?.cancel() ?? false;
        return cancelled ? { cancelled } : { cancelled, reason: 'the job has already ended' };
      },
      {
        access: 'run',
        parse: 'none',
        params: JOB,
        response: { 200: answer('Whether there was something to end.', CancelAnswer), 404: JOB_UNKNOWN },
        detail: {
          operationId: 'cancelJob',
          summary: 'Ends the job with everything it started.',
          description:
            'The job then becomes `failed` with `cancelled: true` and exit code -1; its record shows when it has.',
          tags: ['Jobs'],
        },
      },
    );

const explain = (refused: InputRefusal, { spec }: JobRecord, job: Job | undefined) => ({
  // Inherited callers compare the words.
  reason:
    refused === 'not-running' && spec.mode === 'persistent_shell' ? 'persistent session not running' : REASONS[refused],
  processAlive: job?.processAlive ?? false,
});

async function write(job: Job, bytes: Uint8Array, eof: boolean): Promise<InputRefusal | undefined> {
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
