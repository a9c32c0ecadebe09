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
  userConfigPath(env) {
    const config = env['XDG_CONFIG_HOME'];
    return join(config?.startsWith('/') ? config : join(homeOf(env), '.config'), 'agent-server');
  },
  keyFilePath: (env) => join(homeOf(env), 'devpilot-agent', 'api_key'),
};

const homeOf = (env: Environment): string => env['HOME'] ?? homedir();
