/** Below the user's local application data. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { Paths } from './paths.ts';

export const windowsPaths: Paths = {
  defaultDataPath: (env) => join(localAppData(env), 'agent-server'),
  // Not in the folder of the data: who removes that one keeps the profiles.
  userConfigPath: (env) =>
    join(env['APPDATA'] ?? join(env['USERPROFILE'] ?? homedir(), 'AppData', 'Roaming'), 'agent-server'),
  keyFilePath: (env) => join(localAppData(env), 'devpilot-agent', 'api_key'),
};

const localAppData = (env: Environment): string =>
  env['LOCALAPPDATA'] ?? join(env['USERPROFILE'] ?? homedir(), 'AppData', 'Local');
