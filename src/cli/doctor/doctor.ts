/** `agent-server doctor`: checks this machine, and says what to do about each problem. */
import { loadConfig, type Flags } from '../../settings/config.ts';
import { escapeControls } from '../../core/text.ts';
import { SETTINGS } from '../../settings/all.ts';
import { VERSION } from '../../version.ts';
import { checkData, checkDisk, checkKey } from './files.ts';
import { reporter, type Finding } from './finding.ts';
import { checkPrograms } from './programs.ts';
import { checkPort } from './server.ts';
import { checkTunnel } from './tunnel.ts';
import { checkUpdate } from './update.ts';
import { paint, printAnswer } from '../output.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';

const FLAGS = ['host', 'port', 'data-dir'] as const;

export const doctor = defineVerb({
  name: 'doctor',
  description:
    'Check this machine: port, updates, key, data folder, disk, shell and optional programs. Exit code 1 if a check fails.',
  args: {
    host: { type: 'string', valueHint: 'ADDRESS', description: SETTINGS.host.description },
    port: { type: 'string', valueHint: 'PORT', description: SETTINGS.port.description },
    'data-dir': { type: 'string', valueHint: 'PATH', description: SETTINGS['data-dir'].description },
    ...JSON_ARG,
  },
  examples: ['doctor', 'doctor --port 9000', 'doctor --json'],
  async run({ args }) {
    const flags: Flags = Object.fromEntries(
      FLAGS.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
    );
    const findings = await examine(flags);
    const healthy = findings.every(({ level }) => level !== 'fail');
    await printAnswer(args.json, { healthy, findings }, findings.flatMap(lines).join('\n'));
    return healthy ? 0 : 1;
  },
});

async function examine(flags: Flags): Promise<Finding[]> {
  const program = reporter('version')('ok', `agent-server ${VERSION}, on Bun ${Bun.version}`);
  const { env } = process;
  const config = loadConfig(flags, env, process.cwd());
  if (!config.ok) {
    const settings = reporter('settings')('fail', config.failure.message, 'correct the setting that the message names');
    return [program, settings, checkKey(env), ...checkPrograms(env)];
  }
  const port = await checkPort(config.value, env);
  return [
    program,
    port.finding,
    ...(port.server === undefined ? [] : [await checkUpdate(port.server, env)]),
    ...(port.server === undefined ? [] : await checkTunnel(port.server, env)),
    checkKey(env),
    checkData(config.value),
    checkDisk(config.value),
    ...checkPrograms(env),
  ];
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

function lines({ check, level, message, advice }: Finding): string[] {
  const head = `${paint(COLOURS[level], level.padEnd(4))}  ${check.padEnd(9)}  ${escapeControls(message)}`;
  return advice === undefined ? [head] : [head, `${' '.repeat(17)}→ ${escapeControls(advice)}`];
}
