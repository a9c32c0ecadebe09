/** `agent-server register`: asks the running server for a new code, shows it, and waits until somebody has entered it. */
import type { Client } from '../../client/client.ts';
import { sleep } from '../../core/sleep.ts';
import { escapeControls } from '../../core/text.ts';
import type { Registration } from '../../protocol/tunnel.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { complain, paint, print, printJson } from '../output.ts';
import { defineVerb } from '../command/verb.ts';
import { startingServer } from './starting-server.ts';

const LOOK_MS = 500;

export const register = defineVerb({
  name: 'register',
  description:
    'Register this machine anew with the dashboard of --register: shows a new code, and waits until somebody has entered it. A dashboard that knows this machine already needs none.',
  args: {
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description: 'Print the code as one JSON document, and do not wait for it to be entered.',
    },
  },
  examples: ['register', 'register --json'],
  exitCodes: [
    ['0', 'The machine is registered. With --json: the code was printed.'],
    ['1', 'It is not registered: the dashboard refused or could not be reached, or nobody entered the code in time.'],
  ],
  run: async ({ args }) => {
    await startingServer(args);
    return withClient(args, async (client) => {
      await client.registration.requestCode();
      const first = await settled(client, ({ state }) => state !== 'asking' && state !== 'waiting');
      if (args.json === true) {
        await printJson(first);
        return first.state === 'unconfirmed' || first.state === 'registered' ? 0 : 1;
      }
      const { code, enterAt, state } = first;
      if (state === 'unconfirmed' && code !== undefined) {
        await print(`Enter the code ${paint('bold', code)} within 10 minutes at ${escapeControls(enterAt ?? '')}`);
        return conclude(await settled(client, (now) => now.code !== code));
      }
      return conclude(first);
    });
  },
});

/** Looks until it is as wanted. */
async function settled(client: Client, wanted: (now: Registration) => boolean): Promise<Registration> {
  for (;;) {
    const now = await client.registration.get();
    if (wanted(now)) return now;
    await sleep(LOOK_MS);
  }
}

async function conclude({ state, dashboard = '', lastError }: Registration): Promise<number> {
  if (state === 'registered') {
    await print(`This machine is registered with ${escapeControls(dashboard)}`);
    return 0;
  }
  if (state === 'unconfirmed' || state === 'asking')
    complain('another code was requested meanwhile; this one is no longer valid');
  else complain(`not registered: ${lastError ?? state}`);
  return 1;
}
