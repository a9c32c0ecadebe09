/** `agent-server audit`: who did what to the server. */
import type { AuditEntry } from '../../client/audit.ts';
import type { Client } from '../../client/client.ts';
import { escapeControls } from '../../core/text.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { paint, printJson, write } from '../output.ts';
import { printList, table } from '../table.ts';

const HEAD = ['TIME', 'KEY', 'FROM', 'STATUS', 'REQUEST'];
const MAX_LIMIT = 1000;

export const audit = defineVerb({
  name: 'audit',
  description: 'Show who did what to the server, newest last.',
  args: {
    follow: { type: 'boolean', alias: 'f', description: 'Keep showing new entries, until Ctrl-C.' },
    limit: { type: 'string', valueHint: 'N', default: '100', description: 'Show at most the last N, up to 1000.' },
    before: { type: 'string', valueHint: 'N', description: 'Only entries before the one with this number.' },
    ...CONNECT_ARGS,
  },
  examples: ['audit', 'audit --follow', 'audit --limit 1000 --json'],
  run({ args }) {
    const limit = Number(args.limit);
    if (!/^[1-9]\d{0,3}$/.test(args.limit) || limit > MAX_LIMIT)
      return refuseUsage(`--limit must be a whole number from 1 to ${MAX_LIMIT}`, 'audit');
    const { before, follow, json } = args;
    if (before !== undefined && !/^\d{1,15}$/.test(before))
      return refuseUsage('--before must be the number of an entry', 'audit');
    if (before !== undefined && follow === true)
      return refuseUsage('--before and --follow exclude each other', 'audit');
    return withClient(args, async (client) => {
      const page = await client.audit.page({ limit, ...(before !== undefined && { before: Number(before) }) });
      if (follow === true) await followFrom(client, page, json === true);
      else await printList(json, page, table(HEAD, page.map(row)), 'the audit log has no entries');
      return 0;
    });
  },
});

async function followFrom(client: Client, page: readonly AuditEntry[], json: boolean): Promise<void> {
  const show = (entry: AuditEntry) => (json ? printJson(entry) : write('stdout', `${line(entry)}\n`));
  for (const entry of page) await show(entry);
  for await (const entry of client.audit.follow(page.at(-1)?.seq ?? 0)) await show(entry);
}

const line = (entry: AuditEntry): string => row(entry).join('  ');

function row({ time, key, peer, status, method, route, what, skipped }: AuditEntry): string[] {
  const about = Object.entries(what).map(([name, value]) => ` ${name}=${value}`);
  const left = skipped === undefined ? '' : ` (${skipped} before it have no entry)`;
  return [
    new Date(time * 1000).toISOString(),
    escapeControls(key ?? '-'),
    escapeControls(peer ?? '-'),
    paint(status >= 400 ? 'red' : 'green', String(status)),
    escapeControls(`${method} ${route ?? '(no such route)'}${about.join('')}${left}`),
  ];
}
