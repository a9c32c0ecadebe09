/** `agent-server ports`: on which ports of the server's machine something listens. */
import { foreignLine } from '../foreign-line.ts';
import type { ListeningPort } from '../../protocol/ports.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { printList, table } from '../table.ts';

const HEAD = ['PORT', 'ADDRESS', 'PID', 'USER', 'STARTED IN', 'COMMAND'];

export const ports = defineVerb({
  name: 'ports',
  description: 'List the TCP ports of the server’s machine on which something listens.',
  args: {
    http: {
      type: 'boolean',
      description: 'Also show which of them speak HTTP. Every port is connected to for that, for a second at most.',
    },
    ...CONNECT_ARGS,
  },
  examples: ['ports', 'ports --http', 'ports --json'],
  run: ({ args }) =>
    withClient(args, async (client) => {
      const http = args.http === true;
      const found = await client.ports.list({ http });
      const [port = '', ...others] = HEAD;
      const shown = http ? table([port, 'HTTP', ...others], found.map(rowWithHttp)) : table(HEAD, found.map(row));
      await printList(args.json, found, shown, 'nothing listens on that machine');
      return 0;
    }),
});

function rowWithHttp(found: ListeningPort): string[] {
  const [port = '', ...others] = row(found);
  return [port, found.http === undefined ? '-' : found.http ? 'yes' : 'no', ...others];
}

function row({ port, address, pid, user, jobId, terminalId, command }: ListeningPort): string[] {
  const owner = jobId === undefined ? (terminalId === undefined ? '-' : `terminal ${terminalId}`) : `job ${jobId}`;
  return [String(port), address, String(pid ?? '-'), foreignLine(user ?? '-'), owner, foreignLine(command ?? '-')];
}
