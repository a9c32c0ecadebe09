/** `agent-server acp`: an agent of a server as one that an editor starts; `agent-server acp install` tells an editor of it. */
import { PROGRAM } from '../command/program.ts';
import { unknownAction } from '../command/suggestion.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { OUTPUT_CLOSED } from '../command/exit-codes.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { isAcpremote } from './endpoint.ts';
import { EDITORS } from './install/editors.ts';
import { LATENCY_MODES } from './latency.ts';
import { pathMapOf } from './path-map.ts';
import { relay } from './relay.ts';

const INSTALL_OPTIONS = ['client', 'print'] as const;

export const acp = defineVerb({
  name: 'acp',
  description:
    'Be the agent of an editor (Agent Client Protocol on standard input and output), with an agent that runs on the server.',
  args: {
    action: {
      type: 'positional',
      required: false,
      description:
        '`install`: add it to the configuration of an editor. Without it, talk to the editor that started it.',
    },
    agent: {
      type: 'string',
      valueHint: 'ID',
      description: 'Agent, as `agent-server agents` shows it. Default: the one that the server prefers.',
    },
    cwd: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Folder on the server in which sessions work. Default: the one that the server names.',
    },
    map: {
      type: 'string',
      valueHint: 'LOCAL=REMOTE',
      description:
        'What a folder of the editor’s machine is on the server, for sessions below it and for files in prompts; may be repeated. `=`: every path is the same there.',
    },
    'host-ownership': {
      type: 'enum',
      options: ['remote', 'client'],
      default: 'remote',
      description: 'Whose files and terminals the agent uses: those of its machine, or those the editor offers.',
    },
    latency: {
      type: 'enum',
      options: [...LATENCY_MODES],
      default: 'off',
      description: 'Tell the editor how long turns take from here: beside each update, as a tool call, or both.',
    },
    insecure: { type: 'boolean', description: 'Send the key unencrypted (http) to another machine.' },
    client: {
      type: 'enum',
      options: EDITORS.map(({ id }) => id),
      description: 'install: the editor. Default: each whose configuration is there.',
    },
    print: { type: 'boolean', description: 'install: print what belongs into the configuration, and change nothing.' },
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description: 'install: print JSON for programs. Anything else it prints is JSON already.',
    },
  },
  examples: [
    'acp',
    'acp --agent claude --map =',
    'acp --profile box --map /home/me/project=/srv/project',
    'acp --url wss://box.example/acp/ws --key-file key.txt --latency card',
    'acp install --client zed',
    'acp install --client jetbrains --profile box --agent codex',
    'acp install --print',
  ],
  exitCodes: [
    ['0', 'The editor has closed standard input, or the configuration is as it should be.'],
    ['1', 'The server was not reached or refused, or a configuration could not be changed; stderr says why.'],
    ['2', 'The command line is wrong.'],
    OUTPUT_CLOSED,
  ],
  completes: { action: ['install'], agent: 'agent' },
  async run({ args, all }) {
    const { action, agent, cwd, latency, insecure = false } = args;
    const refuse = (message: string) => refuseUsage(message, 'acp');
    if (action !== undefined && action !== 'install') return refuse(unknownAction(action, ['install', '--help']));
    const foreign = INSTALL_OPTIONS.find((name) => action === undefined && args[name] !== undefined);
    if (foreign !== undefined) return refuse(`--${foreign} is for install: ${PROGRAM} acp install --${foreign}`);
    if (agent === '' || cwd === '') return refuse(`--${agent === '' ? 'agent' : 'cwd'} is empty`);
    if (agent !== undefined && args.url !== undefined && isAcpremote(args.url))
      return refuse('--agent cannot be used with an address that ends in /ws, which names its agent');
    const map = pathMapOf(all('map'));
    if (!map.ok)
      return refuse(
        `--map must be LOCAL=REMOTE with two absolute paths, or =, not ${JSON.stringify(map.failure.text)}`,
      );
    const host = args['host-ownership'] === 'client' ? 'client' : 'remote';
    const mode = LATENCY_MODES.find((one) => one === latency) ?? 'off';
    if (action === undefined)
      return relay({ server: args, agent, host, latency: mode, paths: { map: map.value, cwd }, insecure });
    const { client, print = false, json = false } = args;
    const { install } = await import('./install/install.ts');
    return install({ server: args, agent, cwd, maps: all('map'), host, latency: mode, insecure, client, print, json });
  },
});
