/** `agent-server sessions`: the persistent shells of the server, and the end of one. */
import { escapeControls } from '../../core/text.ts';
import type { SessionResource } from '../../protocol/session.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { note, paint, print, printJson, write } from '../output.ts';
import { age, table } from '../table.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const HEAD = ['KEY', 'SHELL', 'STATUS', 'AGE', 'LAST USED'];

export const sessions = defineVerb({
  name: 'sessions',
  description: 'List the persistent shells, or end one.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description: '`delete`: end the shell KEY with all it started. Without it the sessions are listed.',
    },
    key: { type: 'positional', required: false, description: 'Key of the session that is deleted.' },
    ...CONNECT_ARGS,
  },
  examples: ['sessions', 'sessions --json', 'sessions delete build'],
  run({ args }) {
    const { action, key } = args;
    if (action === undefined) {
      return withClient(args, async (client) => {
        const found = await client.sessions();
        if (args.json) await printJson(found);
        else if (found.length === 0) note('no sessions; try: agent-server run --session build "cd /tmp"');
        else
          await write(
            'stdout',
            `${table(
              HEAD,
              found.map((session) => row(session, Date.now())),
            )}\n`,
          );
        return 0;
      });
    }
    if (action !== 'delete')
      return refuseUsage(`unknown action ${JSON.stringify(action)}, there is only delete`, 'sessions');
    if (key === undefined || key === '') return refuseUsage('KEY is missing', 'sessions');
    return withClient(args, async (client) => {
      const answer = await client.deleteSession(key);
      if (args.json) await printJson(answer);
      else print(`${escapeControls(answer.sessionKey)} deleted`);
      return 0;
    });
  },
});

const COLOURS = { running: 'yellow', idle: 'green', stopped: 'dim' } as const;

function row({ sessionKey, shell, status, createdAt, lastUsedAt }: SessionResource, now: number): string[] {
  return [
    escapeControls(sessionKey),
    shell,
    paint(COLOURS[status], status),
    age(now - createdAt * 1000),
    `${age(now - lastUsedAt * 1000)} ago`,
  ];
}
