/** `agent-server doctor`: what is right and wrong with this machine, and what to do about it. */
import { loadConfig, type Flags } from '../../settings/config.ts';
import { escapeControls } from '../../core/text.ts';
import { SETTINGS } from '../../settings/all.ts';
import { VERSION } from '../../version.ts';
import { checkData, checkDisk, checkKey } from './files.ts';
import { found, type Finding } from './finding.ts';
import { checkPrograms } from './programs.ts';
import { checkPort } from './server.ts';
import { paint, printJson, write } from '../output.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';

const LOOKED_AT = ['host', 'port', 'data-dir'] as const;

export const doctor = defineVerb({
  name: 'doctor',
  description:
    'Check this machine: port, key, data folder, disk, shells, and what is missing. Exit code 1 if anything fails.',
  args: {
    host: { type: 'string', valueHint: 'ADDRESS', description: SETTINGS.host.description },
    port: { type: 'string', valueHint: 'PORT', description: SETTINGS.port.description },
    'data-dir': { type: 'string', valueHint: 'PATH', description: SETTINGS['data-dir'].description },
    ...JSON_ARG,
  },
  examples: ['doctor', 'doctor --port 9000', 'doctor --json'],
  async run({ args }) {
    const flags: Flags = Object.fromEntries(
      LOOKED_AT.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
    );
    const findings = await examine(flags);
    const healthy = findings.every(({ level }) => level !== 'fail');
    if (args.json) await printJson({ healthy, findings });
    else await write('stdout', `${findings.flatMap(lines).join('\n')}\n`);
    return healthy ? 0 : 1;
  },
});

async function examine(flags: Flags): Promise<Finding[]> {
  const program = found('version')('ok', `agent-server ${VERSION}, on Bun ${Bun.version}`);
  const { env } = process;
  const config = loadConfig(flags, env, process.cwd());
  if (!config.ok) {
    const settings = found('settings')('fail', config.failure.message, 'correct it where it says');
    return [program, settings, checkKey(env), ...checkPrograms(env)];
  }
  return [
    program,
    await checkPort(config.value, env),
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
