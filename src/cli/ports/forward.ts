/** `agent-server forward SPEC…`: ports of the server's machine as ports of this one. */
import { isLoopback } from '../../core/loopback.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { knowsKey } from '../connection/knows-key.ts';
import { Interrupts } from '../interrupts.ts';
import { complain, note, print, printJson } from '../output.ts';
import { listenLocally } from './local-port.ts';
import { ServerAway } from './server-away.ts';
import { parseSpec, type ForwardSpec } from './spec.ts';

const WAIT_MS = 30_000;

export const forward = defineVerb({
  name: 'forward',
  description: 'Forward TCP ports of this machine to ports of the server’s machine, until Ctrl-C.',
  args: {
    spec: {
      type: 'positional',
      repeats: true,
      description:
        'LOCAL:PORT, or PORT for the same number on both machines; several if you like. LOCAL 0 takes any free port, which is printed.',
    },
    bind: {
      type: 'string',
      valueHint: 'ADDRESS',
      default: '127.0.0.1',
      description: 'Address to listen on. With any other than a loopback address, others can connect, too.',
    },
    ...CONNECT_ARGS,
  },
  examples: ['forward 5432', 'forward 8080:80 0:3000', 'forward 0:3000 --json'],
  exitCodes: [
    ['130', 'Ended by Ctrl-C (129 by SIGHUP, 131 by SIGQUIT, 143 by SIGTERM).'],
    ['1', 'The server could not be reached, or a port here is taken.'],
    ['2', 'The command line is wrong.'],
  ],
  run({ args }) {
    const specs: ForwardSpec[] = [];
    for (const text of args._) {
      const spec = parseSpec(text);
      if (!spec.ok) return refuseUsage(spec.failure.message, 'forward');
      specs.push(spec.value);
    }
    const { bind, json } = args;
    if (bind === '') return refuseUsage('--bind is empty', 'forward');
    return withClient(args, async (client) => {
      using interrupts = new Interrupts();
      await using open = new AsyncDisposableStack();
      // With a key that the server takes; which ports it may reach shows with the first connection.
      await knowsKey(client);
      const away = new ServerAway({ waitMs: WAIT_MS, tell: (sentence) => note(`agent-server: ${sentence}`) });
      const host = bind.includes(':') ? `[${bind}]` : bind;
      for (const spec of specs) {
        const made = await listenLocally(spec, { client, bind, away, complain });
        if (!made.ok) {
          complain(made.failure.message);
          return 1;
        }
        const { local, port } = open.use(made.value);
        await (json === true
          ? printJson({ address: bind, local, port, server: client.url })
          : print(`${host}:${local} leads to port ${port} of ${client.url}`));
      }
      if (!isLoopback(host))
        note(
          `agent-server: whoever can connect to ${bind} of this machine reaches these ports without a key; end this with Ctrl-C`,
        );
      // Awaited here: what is open closes when this returns.
      return await interrupts.first;
    });
  },
});
