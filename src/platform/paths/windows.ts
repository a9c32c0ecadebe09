/** Below the user's local application data. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { Paths } from './paths.ts';

export const windowsPaths: Paths = {
  defaultDataPath: (env) => join(localAppData(env), 'agent-server'),
  // Not in the folder of the data: who removes that one keeps the profiles.
  userConfigPath: (env) => join(appData(env), 'agent-server'),
  keyFilePath: (env) => join(localAppData(env), 'devpilot-agent', 'api_key'),
  editorFiles: (env) => ({
    zed: join(appData(env), 'Zed', 'settings.json'),
    vscode: join(appData(env), 'Code', 'User', 'settings.json'),
    jetbrains: join(homeOf(env), '.jetbrains', 'acp.json'),
  }),
};

const homeOf = (env: Environment): string => env['USERPROFILE'] ?? homedir();

const appData = (env: Environment): string => env['APPDATA'] ?? join(homeOf(env), 'AppData', 'Roaming');

const localAppData = (env: Environment): string => env['LOCALAPPDATA'] ?? join(homeOf(env), 'AppData', 'Local');
