/** `agent-server agent list|attach|log|close`: the sessions with agents. */
import { PROGRAM } from '../command/program.ts';
import { unknownAction } from '../command/suggestion.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS, withClient } from '../connection/connect.ts';
import { attachJson } from './attach-json.ts';
import { AttachedSession } from './attached-session.ts';
import { closeSession } from './close.ts';
import { listSessions } from './list.ts';
import { showLog } from './log.ts';
import { AGENT_EXIT_CODES } from './session-exit.ts';

/** Action → the options that are its own. */
const ACTIONS: Readonly<Record<string, readonly Option[]>> = {
  list: ['json'],
  attach: ['verbose', 'json'],
  log: ['since', 'limit', 'follow', 'verbose', 'json'],
  close: ['remove', 'json'],
};
const OPTIONS = ['since', 'limit', 'follow', 'verbose', 'remove', 'json'] as const;
type Option = (typeof OPTIONS)[number];

export const agent = defineVerb({
  name: 'agent',
  description: 'List agent sessions, attach to one, show its log, or close it.',
  args: {
    action: {
      type: 'positional',
      required: true,
      description:
        '`list`; `attach`: show the log and new events, and send each line that you type as a prompt; `log`: show the log; `close`: end the agent and every process it started.',
    },
    id: { type: 'positional', required: false, description: 'Session id, as `agent-server agent list` shows it.' },
    since: { type: 'string', valueHint: 'N', description: 'log: only events after the one with this number.' },
    limit: { type: 'string', valueHint: 'N', description: 'log: at most this many events. Default: all.' },
    follow: { type: 'boolean', alias: 'f', description: 'log: keep showing new events until the session is closed.' },
    verbose: {
      type: 'boolean',
      description: 'attach, log: show thoughts, plans, the agent’s stderr, and clients that attach and detach too.',
    },
    remove: { type: 'boolean', description: 'close: remove the session with its log too.' },
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description: 'Print JSON for programs; log, attach: one event per line, and no input is read.',
    },
  },
  examples: [
    'agent list',
    'agent attach 4f1c0a9be2d3',
    'agent attach 4f1c0a9be2d3 --json',
    'agent log 4f1c0a9be2d3 --since 120 --follow',
    'agent log 4f1c0a9be2d3 --json',
    'agent close 4f1c0a9be2d3',
    'agent close 4f1c0a9be2d3 --remove',
  ],
  exitCodes: AGENT_EXIT_CODES,
  completes: { action: Object.keys(ACTIONS), id: 'agent-session' },
  run({ args }) {
    const { action, id = '', since = '0', limit, verbose = false, json = false } = args;
    const refuse = (message: string) => refuseUsage(message, 'agent');
    const own = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (own === undefined) return refuse(unknownAction(action, Object.keys(ACTIONS)));
    const foreign = OPTIONS.find((name) => args[name] !== undefined && args[name] !== false && !own.includes(name));
    if (foreign !== undefined) return refuse(`--${foreign} is not an option of ${action}`);
    if (action === 'list' && id !== '') return refuse(`unexpected argument ${JSON.stringify(id)}`);
    if (action !== 'list' && id === '') return refuse(`ID is missing; see ${PROGRAM} agent list`);
    if (!/^\d{1,15}$/.test(since)) return refuse('--since must be the number of an event');
    if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) return refuse('--limit must be a whole number from 1');
    return withClient({ ...args, named: id }, async (client) => {
      switch (action) {
        case 'list':
          return listSessions(client, json);
        case 'attach': {
          const session = await client.agents.get(id);
          if (json) return attachJson(client, session);
          return new AttachedSession(client, session, verbose).run(process.stdin.isTTY && process.stderr.isTTY);
        }
        case 'log': {
          const range = { since: Number(since), limit: limit === undefined ? Infinity : Number(limit) };
          return showLog(client, id, { ...range, follow: args.follow === true, json, verbose });
        }
        default:
          return closeSession(client, id, { remove: args.remove === true, json });
      }
    });
  },
});
