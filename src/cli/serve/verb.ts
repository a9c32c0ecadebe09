/**
 * `agent-server serve`, which is also the verb where none is given. What it does is in a module of its own, so that
 * `--help` and `--version` do not load a server.
 */
import { defineVerb, type Verb } from '../command/verb.ts';
import { SETTING_ARGUMENTS } from './setting-arguments.ts';

export const serveVerb = (runServe: (args: Readonly<Record<string, unknown>>) => Promise<number>): Verb =>
  defineVerb({
    name: 'serve',
    description: 'Run the server (the default verb).',
    args: {
      ...SETTING_ARGUMENTS,
      json: { type: 'boolean', description: 'Print the start-up message as one JSON document.' },
    },
    examples: [
      'serve',
      'serve --wrapper',
      'serve --port 9000 --data-dir /srv/agent',
      'serve --port 0 --json',
      '--port 8585 --name build-box',
    ],
    exitCodes: [
      ['0', 'Stopped by Ctrl-C or a signal.'],
      ['1', 'It could not start, for example because a setting is wrong; or its data folder was removed while it ran.'],
      ['2', 'The command line is wrong.'],
    ],
    run: ({ args }) => runServe(args),
  });
