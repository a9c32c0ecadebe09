/** `agent-server cancel ID`. */
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { print, printJson } from '../output.ts';
import { defineVerb } from '../command/verb.ts';

export const cancel = defineVerb({
  name: 'cancel',
  description: 'End a job with everything it started, and wait until it is over.',
  args: {
    id: { type: 'positional', required: true, description: 'Job id, as `agent-server jobs` shows it.' },
    ...CONNECT_ARGS,
  },
  examples: ['cancel 4f1c0a9be2d3', 'cancel 4f1c0a9be2d3 --json'],
  run: ({ args }) =>
    withClient(args, async (client) => {
      const answer = await client.cancel(args.id);
      const { jobId, status, exitCode = -1 } = await client.wait(args.id, { tailLines: 0 });
      if (args.json) await printJson({ jobId, ...answer, status, exitCode });
      else
        print(answer.cancelled ? `${jobId} cancelled` : `${jobId} had ended already: ${status}, exit code ${exitCode}`);
      // Either way the job does not run any more, which is what was asked for.
      return 0;
    }),
});
