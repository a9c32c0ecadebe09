/** Below the home folder, or in the place of the XDG specification. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import type { Paths } from './paths.ts';

export const posixPaths: Paths = {
  defaultDataPath(env) {
    const state = env['XDG_STATE_HOME'];
    // The XDG specification: a relative path is to be ignored.
    const base = state?.startsWith('/') ? state : join(homeOf(env), '.local', 'state');
    return join(base, 'agent-server');
  },
  userConfigPath: (env) => join(configOf(env), 'agent-server'),
  keyFilePath: (env) => join(homeOf(env), 'devpilot-agent', 'api_key'),
  editorFiles: (env) => ({
    // On macOS, too, Zed uses the folder of other systems.
    zed: join(isDarwin ? join(homeOf(env), '.config') : configOf(env), 'zed', 'settings.json'),
    vscode: join(
      isDarwin ? join(homeOf(env), 'Library', 'Application Support') : configOf(env),
      'Code',
      'User',
      'settings.json',
    ),
    jetbrains: join(homeOf(env), '.jetbrains', 'acp.json'),
  }),
};

const isDarwin = process.platform === 'darwin';

function configOf(env: Environment): string {
  const config = env['XDG_CONFIG_HOME'];
  return config?.startsWith('/') ? config : join(homeOf(env), '.config');
}

const homeOf = (env: Environment): string => env['HOME'] ?? homedir();
