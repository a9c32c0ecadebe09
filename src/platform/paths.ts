/** Where things live on this machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export const isWindows = process.platform === 'win32';

/** Folder of jobs and their output, where no setting names another. */
export const defaultDataPath = isWindows ? dataPathWindows : dataPathPosix;

function dataPathWindows(env: Environment): string {
  return join(localAppData(env), 'agent-server');
}

function dataPathPosix(env: Environment): string {
  const state = env['XDG_STATE_HOME'];
  // The XDG specification: a relative path is to be ignored.
  const base = state?.startsWith('/') ? state : join(homeOf(env), '.local', 'state');
  return join(base, 'agent-server');
}

/**
 * The key file of devpilot-agent 0.4: an inherited place, and what makes a swap of the Python runtime
 * for ours seamless.
 */
export const keyFilePath = isWindows
  ? (env: Environment) => join(localAppData(env), 'devpilot-agent', 'api_key')
  : (env: Environment) => join(homeOf(env), 'devpilot-agent', 'api_key');

function localAppData(env: Environment): string {
  return env['LOCALAPPDATA'] ?? join(env['USERPROFILE'] ?? homedir(), 'AppData', 'Local');
}

function homeOf(env: Environment): string {
  return env['HOME'] ?? homedir();
}
