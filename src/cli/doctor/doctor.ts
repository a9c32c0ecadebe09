/** `agent-server doctor`: checks this machine, and says what to do about each problem. */
import { loadConfig, type Flags } from '../../settings/config.ts';
import { escapeControls } from '../../core/text.ts';
import { SETTINGS } from '../../settings/all.ts';
import { VERSION } from '../../version.ts';
import { checkData, checkDisk, checkKey } from './files.ts';
import { reporter, type Finding } from './finding.ts';
import { checkOrphans } from './orphans.ts';
import { checkPrograms } from './programs.ts';
import { checkPort } from './server.ts';
import { aboutServer } from './about-server.ts';
import { agentFindings, lookUpAgents } from './agents.ts';
import { checkChannel } from './channel.ts';
import { checkChosenServer } from './chosen-server.ts';
import { findApiKey } from '../../platform/files/key-file.ts';
import type { Environment } from '../../core/environment.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { chooseServer, type ConnectOptions } from '../connection/server-choice.ts';
import { refuseUsage } from '../command/usage.ts';
import { paint, printAnswer } from '../output.ts';
import { defineVerb } from '../command/verb.ts';

const FLAGS = ['host', 'port', 'data-dir'] as const;

export const doctor = defineVerb({
  name: 'doctor',
  description:
    'Check this machine: port, updates, key, data folder, disk, shell, agents, clock and optional programs. With --url or --profile, check only that server. Exit code 1 if a check fails.',
  args: {
    host: { type: 'string', valueHint: 'ADDRESS', description: SETTINGS.host.description },
    port: { type: 'string', valueHint: 'PORT', description: SETTINGS.port.description },
    ...CONNECT_ARGS,
  },
  examples: ['doctor', 'doctor --port 9000', 'doctor --profile box', 'doctor --json'],
  exitCodes: [
    ['0', 'No check has failed; some may have warned.'],
    ['1', 'A check has failed.'],
    ['2', 'The command line is wrong.'],
  ],
  async run({ args }) {
    const flags: Flags = Object.fromEntries(
      FLAGS.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
    );
    const onlyServer = args.url !== undefined || args.profile !== undefined;
    if (onlyServer && Object.keys(flags).length > 0)
      return refuseUsage(
        '--host, --port and --data-dir are for this machine and cannot be used with --url or --profile',
        'doctor',
      );
    const findings = await examine(args, flags, onlyServer);
    const healthy = findings.every(({ level }) => level !== 'fail');
    await printAnswer(args.json, { healthy, findings }, findings.flatMap(lines).join('\n'));
    return healthy ? 0 : 1;
  },
});

async function examine(options: ConnectOptions, flags: Flags, onlyServer: boolean): Promise<Finding[]> {
  const { env } = process;
  const program = reporter('version')('ok', `agent-server ${VERSION}, on Bun ${Bun.version}`);
  const choice = chooseServer(options, env);
  const chosen = await chosenServer(choice, env);
  if (onlyServer) return [program, ...chosen];
  const key = choice.ok && choice.value.by === 'here' ? choice.value.key : ownKey(env);
  return [program, ...chosen, ...(await thisMachine(flags, key, env))];
}

/** Undefined also where the key file cannot be read, which checkKey tells. */
function ownKey(env: Environment): string | undefined {
  try {
    return findApiKey(env);
  } catch {
    return undefined;
  }
}

/** Nothing where no server is named: the one of this machine is looked for by its port. */
async function chosenServer(choice: ReturnType<typeof chooseServer>, env: Environment): Promise<Finding[]> {
  if (!choice.ok) return [reporter('server')('fail', choice.failure.message)];
  if (choice.value.by === 'here') return [];
  const { finding, client } = await checkChosenServer(choice.value);
  return [finding, ...(client === undefined ? [] : await aboutServer(client, env))];
}

async function thisMachine(flags: Flags, key: string | undefined, env: Environment): Promise<Finding[]> {
  const config = loadConfig(flags, env, process.cwd());
  if (!config.ok) {
    const settings = reporter('settings')('fail', config.failure.message, 'correct the setting that the message names');
    return [settings, checkKey(env), ...checkPrograms(env)];
  }
  const port = await checkPort(config.value, key);
  const about =
    port.client === undefined
      ? [checkChannel(undefined), ...agentFindings(await lookUpAgents(config.value, env), true, env)]
      : await aboutServer(port.client, env);
  return [
    port.finding,
    ...about,
    checkKey(env),
    checkData(config.value),
    checkDisk(config.value),
    ...(await checkOrphans()),
    ...checkPrograms(env),
  ];
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function lines({ check, level, message, advice }: Finding): string[] {
  const head = `${paint(COLOURS[level], level.padEnd(4))}  ${check.padEnd(9)}  ${escapeControls(message)}`;
  return advice === undefined ? [head] : [head, `${' '.repeat(17)}→ ${escapeControls(advice)}`];
}
