/** `agent-server open`: a port of the server's machine in the browser. */
import { openInBrowser } from '../../platform/browser/index.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { note, printAnswer } from '../output.ts';

const MAX_PORT = 65_535;

export const open = defineVerb({
  name: 'open',
  description: 'Open a port of the server’s machine in the browser.',
  args: {
    port: { type: 'positional', required: true, valueHint: 'PORT', description: 'The port, 1 to 65535.' },
    print: { type: 'boolean', description: 'Only print the address, which lets one browser in within a minute.' },
    ...CONNECT_ARGS,
  },
  examples: ['open 3000', 'open 3000 --print'],
  run({ args }) {
    const { print: printOnly, json } = args;
    const port = Number(args.port);
    if (!/^[1-9]\d{0,4}$/.test(args.port) || port > MAX_PORT)
      return refuseUsage(`PORT must be a whole number from 1 to ${MAX_PORT}`, 'open');
    return withClient(args, async (client) => {
      const { url } = await client.ports.entry(port);
      await printAnswer(json, { url }, url);
      if (printOnly === true || json === true) return 0;
      note(
        openInBrowser(url, process.env)
          ? 'It is being opened in the browser. It lets one browser in, once, within a minute.'
          : 'There is no desktop here: open it in a browser. It lets one in, once, within a minute.',
      );
      return 0;
    });
  },
});
