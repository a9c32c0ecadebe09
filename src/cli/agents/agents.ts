/** `agent-server agents`: lists the agents that can be started by their ids. */
import { escapeControls } from '../../core/text.ts';
import type { AgentResource } from '../../protocol/agents.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { paint } from '../output.ts';
import { printList, table } from '../table.ts';

const HEAD = ['ID', 'NAME', 'INSTALLED', 'VERSION', 'COMMAND', 'HOMEPAGE'];

export const agents = defineVerb({
  name: 'agents',
  description: 'List the agents that the server knows, and whether they are installed there.',
  args: CONNECT_ARGS,
  examples: ['agents', 'agents --json'],
  run: ({ args }) =>
    withClient(args, async (client) => {
      const found = await client.agents.known();
      await printList(args.json, found, table(HEAD, found.map(row)), 'the server knows no agents');
      return 0;
    }),
});

const row = ({ id, name, installed, version = '', command, homepage = '' }: AgentResource): string[] => [
  escapeControls(id),
  escapeControls(name),
  installed ? paint('green', 'yes') : paint('dim', 'no'),
  escapeControls(version),
  escapeControls(command),
  escapeControls(homepage),
];
