/**
 * What an editor is told: the command line that it starts. It names the server that is meant now, because an editor has not
 * the environment of this shell; and never a key, because others can read command lines and settings.
 */
import { resolve } from 'node:path';
import type { Environment } from '../../../core/environment.ts';
import { ownCommand } from '../../../platform/self/own-program.ts';
import { DATA_DIR_VARIABLE, KEY_FILE_VARIABLE } from '../../connection/precedence.ts';
import type { ConnectOptions, ServerChoice } from '../../connection/server-choice.ts';

export interface AgentEntry {
  /** Under which the editor shows it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface EntryOptions {
  readonly server: ConnectOptions;
  readonly agent: string | undefined;
  readonly cwd: string | undefined;
  readonly maps: readonly string[];
  readonly host: string;
  readonly latency: string;
  readonly insecure: boolean;
}

export function entryOf(options: EntryOptions, choice: ServerChoice, env: Environment): AgentEntry {
  const { server, agent, cwd, host, latency, insecure } = options;
  const { by, profileName, url } = choice;
  const given = (name: string, value: string | undefined) => (value === undefined ? [] : [`--${name}`, value]);
  const path = (value: string | undefined) => (value === undefined || value === '' ? undefined : resolve(value));
  const dataDir = by === 'here' ? (server['data-dir'] ?? env[DATA_DIR_VARIABLE]) : undefined;
  const keyFile = server['key-file'] ?? (by === 'profile' ? undefined : env[KEY_FILE_VARIABLE]);
  // The paths of this machine are those of its own server.
  const maps = options.maps.length === 0 && cwd === undefined && by === 'here' ? ['='] : options.maps;
  const [command, ...args] = ownCommand([
    'acp',
    ...(by === 'profile' ? given('profile', profileName) : by === 'address' ? given('url', url) : []),
    ...given('key-file', path(keyFile)),
    ...given('data-dir', path(dataDir)),
    ...given('agent', agent),
    ...given('cwd', cwd),
    ...maps.flatMap((map) => given('map', map)),
    ...(host === 'remote' ? [] : given('host-ownership', host)),
    ...(latency === 'off' ? [] : given('latency', latency)),
    ...(insecure ? ['--insecure'] : []),
  ]);
  const where = by === 'here' ? '' : ` on ${profileName ?? new URL(url).host}`;
  return { name: `agent-server${agent === undefined ? '' : `: ${agent}`}${where}`, command, args };
}
