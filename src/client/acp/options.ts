/** The options of a prompt, checked, with what is left out put in. */
import { cwd as currentFolder, env as ownEnv } from 'node:process';
import { resolve } from 'node:path';
import { environmentProblem } from '../../core/environment.ts';
import { POLICY_NAMES } from '../../agents/policy/policy-name.ts';
import type { AskPermission, ContentBlock, PermissionPolicy, PromptOptions } from './acp-client.d.mts';

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_GRACE_MS = 2000;

export interface Settings {
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly content: readonly ContentBlock[] | undefined;
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly permission: PermissionPolicy | AskPermission;
}

/** Throws a TypeError for what JavaScript lets through and the declarations do not. */
export function settingsOf(options: PromptOptions): Settings {
  const { agent, workdir = currentFolder(), env = {}, prompt = '', permission = 'deny-all' } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, graceMs = DEFAULT_GRACE_MS } = options;
  const isCommand =
    typeof agent === 'string' || (Array.isArray(agent) && agent.every((word) => typeof word === 'string'));
  check(isCommand, 'agent must be a command line or an array of strings');
  check(typeof workdir === 'string', 'workdir must be a path');
  check(typeof prompt === 'string' || Array.isArray(prompt), 'prompt must be a text or an array of content blocks');
  check(timeoutMs >= 0 && graceMs >= 0, 'timeoutMs and graceMs must be numbers of milliseconds');
  const policies: readonly unknown[] = POLICY_NAMES.filter((name) => name !== 'ask');
  const isPermission = typeof permission === 'function' || policies.includes(permission);
  check(isPermission, `permission must be a function or one of ${policies.join(', ')}`);
  const all = Object.fromEntries(Object.entries({ ...ownEnv, ...env }).filter(([, value]) => value !== undefined));
  const problem = environmentProblem(all);
  check(problem === undefined, problem ?? '');
  return {
    workdir: resolve(workdir),
    env: all as Readonly<Record<string, string>>,
    content: prompt.length === 0 ? undefined : typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt,
    timeoutMs,
    graceMs,
    permission,
  };
}

function check(holds: boolean, sentence: string): void {
  if (!holds) throw new TypeError(sentence);
}
