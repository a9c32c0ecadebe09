/** `agent-server cancel ID`: ends a job. */
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { printAnswer } from '../output.ts';
import { defineVerb } from '../command/verb.ts';

export const cancel = defineVerb({
  name: 'cancel',
  description: 'End a job and every process it started, and wait until it has ended.',
  args: {
    id: { type: 'positional', required: true, description: 'Job id, as `agent-server jobs` shows it.' },
    ...CONNECT_ARGS,
  },
  examples: ['cancel 4f1c0a9be2d3', 'cancel 4f1c0a9be2d3 --json'],
  completes: { id: 'job' },
  run: ({ args }) =>
    withClient({ ...args, named: args.id }, async (client) => {
      const answer = await client.cancel(args.id);
      const { jobId, status, exitCode = -1 } = await client.wait(args.id, { tailLines: 0 });
      await printAnswer(
        args.json,
        { jobId, ...answer, status, exitCode },
        answer.cancelled ? `${jobId} cancelled` : `${jobId} had already ended: ${status}, exit code ${exitCode}`,
      );
      // Either way the job is not running any more, which is what was asked for.
      return 0;
    }),
});
