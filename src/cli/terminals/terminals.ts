/** `agent-server terminals`: lists the terminals of the server, or ends one. */
import { escapeControls } from '../../core/text.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { printAnswer } from '../output.ts';
import { printList } from '../table.ts';
import { terminalTable } from './table.ts';
import { PROGRAM } from '../command/program.ts';
import { unknownAction } from '../command/suggestion.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const ACTIONS = ['list', 'delete'];

export const terminals = defineVerb({
  name: 'terminals',
  description: 'List the terminals, or end one.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description: '`list` (default); `delete`: end the terminal NAME and every process it started.',
    },
    name: { type: 'positional', required: false, description: 'Name or id of the terminal to delete.' },
    ...CONNECT_ARGS,
  },
  examples: ['terminals', 'terminals --json', 'terminals delete build'],
  completes: { action: ACTIONS, name: 'terminal' },
  run({ args }) {
    const { action = 'list', name } = args;
    if (!ACTIONS.includes(action)) return refuseUsage(unknownAction(action, ACTIONS), 'terminals');
    if (action === 'list') {
      if (name !== undefined) return refuseUsage(`unexpected argument ${JSON.stringify(name)}`, 'terminals');
      return withClient(args, async (client) => {
        const found = await client.terminals.list();
        await printList(args.json, found, terminalTable(found, Date.now()), `no terminals; try: ${PROGRAM} attach`);
        return 0;
      });
    }
    if (name === undefined || name === '') return refuseUsage('NAME is missing', 'terminals');
    return withClient({ ...args, named: name }, async (client) => {
      const answer = await client.terminals.delete(name);
      await printAnswer(args.json, answer, `${escapeControls(name)} deleted`);
      return 0;
    });
  },
});
