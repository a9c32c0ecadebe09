/** `agent-server terminals`: the terminals of the server, and the end of one. */
import { escapeControls } from '../../core/text.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { note, print, printJson, write } from '../output.ts';
import { terminalTable } from './table.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

export const terminals = defineVerb({
  name: 'terminals',
  description: 'List the terminals, or end one.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description: '`delete`: end the terminal NAME with all it started. Without it the terminals are listed.',
    },
    name: { type: 'positional', required: false, description: 'Name or id of the terminal that is deleted.' },
    ...CONNECT_ARGS,
  },
  examples: ['terminals', 'terminals --json', 'terminals delete build'],
  run({ args }) {
    const { action, name } = args;
    if (action === undefined) {
      return withClient(args, async (client) => {
        const found = await client.terminals.list();
        if (args.json) await printJson(found);
        else if (found.length === 0) note('no terminals; make one: agent-server attach');
        else await write('stdout', `${terminalTable(found, Date.now())}\n`);
        return 0;
      });
    }
    if (action !== 'delete')
      return refuseUsage(`unknown action ${JSON.stringify(action)}, there is only delete`, 'terminals');
    if (name === undefined || name === '') return refuseUsage('NAME is missing', 'terminals');
    return withClient(args, async (client) => {
      const answer = await client.terminals.delete(name);
      if (args.json) await printJson(answer);
      else print(`${escapeControls(name)} deleted`);
      return 0;
    });
  },
});
