/** `agent-server update`: updates the server to the newest version, looks for one, or calls an update off. */
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { PROGRAM } from '../command/program.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { complain, printAnswer } from '../output.ts';
import { followUpdate } from './follow.ts';

export const update = defineVerb({
  name: 'update',
  description: 'Update the server to the newest release, and wait until the new version answers.',
  args: {
    check: { type: 'boolean', description: 'Only check for a newer version.' },
    'when-idle': {
      type: 'boolean',
      description:
        'Wait until no job, terminal or persistent shell is active. Without this option, the update is refused while one is.',
    },
    cancel: { type: 'boolean', description: 'Cancel an update that is scheduled or in progress.' },
    wait: {
      type: 'boolean',
      default: true,
      description: 'Show the progress until the update is done (the default). --no-wait: only request it.',
    },
    ...CONNECT_ARGS,
  },
  examples: ['update', 'update --check', 'update --when-idle', 'update --when-idle --no-wait', 'update --cancel'],
  run({ args }) {
    const { json, check, cancel, wait, 'when-idle': whenIdle } = args;
    if ([check, cancel, whenIdle].filter((one) => one === true).length > 1)
      return refuseUsage('--check, --cancel and --when-idle exclude each other', 'update');
    return withClient(args, async (client) => {
      if (cancel === true) {
        await client.update.cancel();
        await printAnswer(json, await client.update.get(), 'no update is scheduled or under way');
        return 0;
      }
      if (check === true) {
        const { message } = await client.update.check();
        const found = await client.update.get();
        const next = found.available === undefined ? '' : `; install it with: ${PROGRAM} update`;
        const failed = found.available === undefined && found.upToDate !== true;
        if (failed && json !== true) complain(message);
        else await printAnswer(json, found, `${message}${next}`);
        return failed ? 1 : 0;
      }
      const before = await client.update.get();
      await client.update.start(whenIdle === true ? 'idle' : 'now');
      if (wait) return followUpdate(client, before, json);
      await printAnswer(json, await client.update.get(), `update requested; see its progress with: ${PROGRAM} doctor`);
      return 0;
    });
  },
});
