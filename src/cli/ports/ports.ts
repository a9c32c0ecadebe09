/** `agent-server ports`: on which ports of the server's machine something listens. */
import { escapeControls } from '../../core/text.ts';
import type { ListeningPort } from '../../protocol/ports.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { printList, table } from '../table.ts';

const HEAD = ['PORT', 'ADDRESS', 'PID', 'USER', 'STARTED IN', 'COMMAND'];

export const ports = defineVerb({
  name: 'ports',
  description: 'List the TCP ports of the server’s machine on which something listens.',
  args: CONNECT_ARGS,
  examples: ['ports', 'ports --json'],
  run: ({ args }) =>
    withClient(args, async (client) => {
      const found = await client.ports.list();
      await printList(args.json, found, table(HEAD, found.map(row)), 'nothing listens on that machine');
      return 0;
    }),
});

function row({ port, address, pid, user, jobId, terminalId, command }: ListeningPort): string[] {
  const owner = jobId === undefined ? (terminalId === undefined ? '-' : `terminal ${terminalId}`) : `job ${jobId}`;
  return [
    String(port),
    address,
    String(pid ?? '-'),
    escapeControls(user ?? '-'),
    owner,
    escapeControls(command ?? '-'),
  ];
}
