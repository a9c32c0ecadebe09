/** `POST /jobs/{id}/signal`. */
import type { JobManager } from '../../jobs/manager.ts';
import { SIGNALS } from '../../platform/process/index.ts';
import { SignalAnswer, SignalRequest } from '../../protocol/job.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse, responseTo } from './failures.ts';
import { JOB } from './parameters.ts';

export const jobSignalRoutes = (jobs: JobManager) =>
  resource('job-signal').post(
    '/jobs/:id/signal',
    async ({ params: { id }, body: { signal, tree = false } }) => {
      if (!SIGNALS.includes(signal)) return refuse({ reason: 'signal-unknown', signal });
      const job = jobs.activeJob(id);
      const sent = job === undefined ? 'not-running' : await job.signal(signal, tree ? 'tree' : 'process');
      return typeof sent === 'string' ? refuse({ reason: 'not-signalled', why: sent }) : { signalled: sent };
    },
    {
      access: 'run',
      params: JOB,
      ...jsonBody(SignalRequest, {
        unless: ({ id = '' }) => (jobs.record(id) === undefined ? responseTo({ reason: 'job-not-found' }) : undefined),
      }),
      response: {
        200: answer('To how many processes it was sent.', SignalAnswer),
        400: refusal('The body is not valid, or the machine has no such signal.'),
        404: refusal('There is no job with that id.'),
        409: refusal('The job does not run, or has no process of its own.'),
      },
      detail: {
        operationId: 'signalJob',
        summary: 'Sends a signal to the job’s process, or to everything it started.',
        description:
          'What the job makes of the signal is its own matter. `POST /jobs/{id}/cancel` ends a job with everything it started.',
        tags: ['Jobs'],
      },
    },
  );
