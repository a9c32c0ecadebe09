/**
 * `agent-server serve`, which is also the verb where none is given. What it does is in a module of its own, so that
 * `--help` and `--version` do not load a server.
 */
import { environmentName, SETTINGS, type SettingName } from '../../settings/all.ts';
import type { Setting, SettingValue } from '../../settings/kinds.ts';
import { defineVerb, type ArgsDef, type Verb } from '../command/verb.ts';

const settingArgs: ArgsDef = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]: [string, Setting<SettingValue>]) => [
    name,
    {
      type: setting.placeholder === undefined ? 'boolean' : 'string',
      description: `${setting.description}${defaultOf(setting)} (${environmentName(name as SettingName)})`,
      ...(setting.placeholder !== undefined && { valueHint: setting.placeholder }),
    },
  ]),
);

export const serveVerb = (runServe: (args: Readonly<Record<string, unknown>>) => Promise<number>): Verb =>
  defineVerb({
    name: 'serve',
    description: 'Run the server (the default verb).',
    args: {
      ...settingArgs,
      json: { type: 'boolean', description: 'Print the start-up message as one JSON document.' },
    },
    examples: [
      'serve',
      'serve --port 9000 --data-dir /srv/agent',
      'serve --port 0 --json',
      '--port 8585 --name build-box',
    ],
    run: ({ args }) => runServe(args),
  });

function defaultOf({ default: value }: Setting<SettingValue>): string {
  return value === undefined || value === false ? '' : ` Default: ${value}.`;
}
