/**
 * Where agents keep what they have logged in with, as far as files and variables tell. Without a trace there an agent may still
 * be logged in: some keep it in the keyring of the system.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../core/environment.ts';

interface Login {
  /** Variables that hold a key or token. */
  readonly variables: readonly string[];
  /** Below the home folder; `says`: what its text must match, because the file is also there without a login. */
  readonly files: readonly { readonly path: string; readonly says?: RegExp }[];
  /** How a person logs in. */
  readonly how: string;
}

const LOGINS: Readonly<Record<string, Login>> = {
  // https://docs.github.com/copilot/how-tos/copilot-cli/set-up-copilot-cli/authenticate-copilot-cli
  copilot: {
    variables: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
    files: [{ path: '.copilot/config.json', says: /logged_?in_?users"\s*:\s*\[\s*\{/i }],
    how: 'start copilot and type /login',
  },
  // https://code.claude.com/docs/en/authentication
  claude: {
    variables: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
    files: [{ path: '.claude/.credentials.json' }],
    how: 'start claude and type /login',
  },
  // https://developers.openai.com/codex/auth
  codex: {
    variables: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
    files: [{ path: '.codex/auth.json' }],
    how: 'codex login',
  },
  gemini: {
    variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    files: [{ path: '.gemini/oauth_creds.json' }],
    how: 'start gemini and choose how to log in',
  },
  opencode: {
    variables: [],
    files: [{ path: '.local/share/opencode/auth.json', says: /\{\s*"/ }],
    how: 'opencode auth login',
  },
  kimi: {
    variables: ['KIMI_API_KEY'],
    files: [{ path: '.kimi-code/credentials/kimi-code.json' }, { path: '.kimi/credentials/kimi-code.json' }],
    how: 'kimi login',
  },
  qwen: {
    variables: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY'],
    files: [{ path: '.qwen/oauth_creds.json' }],
    how: 'start qwen and type /auth',
  },
};

/** `trace`: where a login was found; undefined where none was. `how`: how to log in. */
export type LoginTrace = { readonly trace: string | undefined; readonly how: string } | 'not-known';

export function findLogin(id: string, env: Environment): LoginTrace {
  const login = Object.hasOwn(LOGINS, id) ? LOGINS[id] : undefined;
  if (login === undefined) return 'not-known';
  const variable = login.variables.find((name) => (env[name] ?? '') !== '');
  const file = login.files.map(({ path, says }) => ({ path: join(homedir(), path), says })).find(isWritten);
  return { trace: variable ?? file?.path, how: login.how };
}

function isWritten({ path, says }: { readonly path: string; readonly says: RegExp | undefined }): boolean {
  try {
    return says === undefined ? statSync(path).size > 0 : says.test(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}
