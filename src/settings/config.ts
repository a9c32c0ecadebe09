/**
 * Flags, then environment, then `config.json` in the data folder, then defaults: one frozen Config, every value
 * checked, every complaint saying where the value came from.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from '../core/environment.ts';
import { codeOf, fail, messageOf, ok, type Result } from '../core/failure.ts';
import { defaultDataPath } from '../platform/paths/index.ts';
import { environmentName, SETTINGS, type SettingName, type Settings } from './all.ts';
import { parseConfiguredAgents, type ConfiguredAgents } from './configured-agents.ts';
import type { Setting, SettingValue } from './kinds.ts';

export interface Config {
  readonly settings: Settings;
  /** Set for the server of a self-test, which leaves the executable and what lies beside it alone. */
  readonly isSelftest?: true;
  /** What the command line gave, for a program that starts itself again. */
  readonly flags: Flags;
  readonly dataPath: string;
  /** Lower-case host names from --allow-host. */
  readonly allowedHosts: readonly string[];
  /** Working directory of jobs that name none. */
  readonly cwd: string;
  /** Those of the configuration file, by id. */
  readonly agents: ConfiguredAgents;
  /** What was ignored, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ConfigFailure {
  readonly reason: 'config-invalid';
  readonly message: string;
}

export type Flags = Readonly<Partial<Record<SettingName, string>>>;

interface Source {
  readonly text: string;
  readonly from: string;
  /** Set for devpilot-agent, which took what was impossible in silence: it must not keep this server from starting. */
  readonly inherited?: true;
}

export function loadConfig(flags: Flags, env: Environment, cwd: string): Result<Config, ConfigFailure> {
  const invalid = (message: string) => fail({ reason: 'config-invalid', message } as const);
  const dataPath = resolve(
    cwd,
    flags['data-dir'] ?? nonEmpty(env[environmentName('data-dir')]) ?? defaultDataPath(env),
  );
  const file = readConfigFile(join(dataPath, 'config.json'));
  if (!file.ok) return file;

  const values: Partial<Record<SettingName, SettingValue>> = {};
  const warnings: string[] = [];
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const setting: Setting<SettingValue> = SETTINGS[name];
    values[name] = setting.default;
    for (const source of sourcesOf(name, flags, env, file.value)) {
      const value = setting.parse(source.text);
      const problem = `${source.from} must be ${setting.expected}, not ${JSON.stringify(source.text)}`;
      if (value === undefined && source.inherited === undefined) return invalid(problem);
      if (value === undefined) warnings.push(`${problem}; it is ignored`);
      else {
        values[name] = value;
        break;
      }
    }
  }
  // Every name of the list was just given a value of its own type.
  const settings = Object.freeze(values) as Settings;
  const allowedHosts = (settings['allow-host'] ?? '')
    .toLowerCase()
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  const { agents } = file.value;
  return ok(
    Object.freeze({ settings, flags, dataPath, allowedHosts: Object.freeze(allowedHosts), cwd, agents, warnings }),
  );
}

// A variable that is set to nothing counts as not set, as everywhere in a shell.
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Where the value of a setting may come from, the one that counts first. */
function sourcesOf(name: SettingName, flags: Flags, env: Environment, file: ConfigFile): Source[] {
  const { inheritedName }: Setting<SettingValue> = SETTINGS[name];
  const own = environmentName(name);
  const source = (text: string | undefined, from: string) => (text === undefined ? [] : [{ text, from }]);
  return [
    ...source(flags[name], `--${name}`),
    ...source(nonEmpty(env[own]), own),
    ...(inheritedName === undefined
      ? []
      : source(nonEmpty(env[inheritedName]), inheritedName).map((one) => ({ ...one, inherited: true as const }))),
    ...source(file.values[name], `"${name}" in ${file.path}`),
  ];
}

interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
  readonly agents: ConfiguredAgents;
}

function readConfigFile(path: string): Result<ConfigFile, ConfigFailure> {
  const invalid = (message: string) => fail({ reason: 'config-invalid', message: `${path}: ${message}` } as const);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return ok({ path, values: {}, agents: {} });
    return invalid(messageOf(error));
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return invalid('must hold a JSON object');
  const { agents: written = {}, ...rest } = parsed as Record<string, unknown>;
  const agents = parseConfiguredAgents(written);
  if (!agents.ok) return invalid(agents.failure.message);
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (!Object.hasOwn(SETTINGS, name) || name === 'data-dir') return invalid(`there is no setting "${name}"`);
    if (!['string', 'number', 'boolean'].includes(typeof value))
      return invalid(`"${name}" must be a string, a number or a boolean`);
    values[name] = String(value);
  }
  return ok({ path, values, agents: agents.value });
}
