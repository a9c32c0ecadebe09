/** `agent-server sessions`: lists the persistent shells of the server, or ends one. */
import { escapeControls } from '../../core/text.ts';
import type { SessionResource } from '../../protocol/session.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { paint, printAnswer } from '../output.ts';
import { age, printList, table } from '../table.ts';
import { PROGRAM } from '../command/program.ts';
import { unknownAction } from '../command/suggestion.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';

const HEAD = ['KEY', 'SHELL', 'STATUS', 'AGE', 'LAST USED'];

const ACTIONS = ['list', 'delete'];

export const sessions = defineVerb({
  name: 'sessions',
  description: 'List the persistent shells, or end one.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description: '`list` (default); `delete`: end the shell KEY and every process it started.',
    },
    key: { type: 'positional', required: false, description: 'Key of the session to delete.' },
    ...CONNECT_ARGS,
  },
  examples: ['sessions', 'sessions --json', 'sessions delete build'],
  completes: { action: ACTIONS, key: 'shell-session' },
  run({ args }) {
    const { action = 'list', key } = args;
    if (!ACTIONS.includes(action)) return refuseUsage(unknownAction(action, ACTIONS), 'sessions');
    if (action === 'list') {
      if (key !== undefined) return refuseUsage(`unexpected argument ${JSON.stringify(key)}`, 'sessions');
      return withClient(args, async (client) => {
        const found = await client.sessions();
        const rows = found.map((session) => row(session, Date.now()));
        const whenEmpty = `no sessions; try: ${PROGRAM} run --session build "cd /tmp"`;
        await printList(args.json, found, table(HEAD, rows), whenEmpty);
        return 0;
      });
    }
    if (key === undefined || key === '') return refuseUsage('KEY is missing', 'sessions');
    return withClient({ ...args, named: key }, async (client) => {
      const answer = await client.deleteSession(key);
      await printAnswer(args.json, answer, `${escapeControls(answer.sessionKey)} deleted`);
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
