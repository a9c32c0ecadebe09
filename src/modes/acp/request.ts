/** `mode: acp`: its fields, checked in the inherited order, and the plan that is made of them. */
import { ok } from '../../core/failure.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import type { JobSpec } from '../../jobs/record.ts';
import { SHELL_NAMES, type ShellName } from '../../shells/shell-process.ts';
import { shellNamed } from '../../shells/spellings.ts';
import { parseEnv, parseRunFields } from '../fields.ts';
import type { Checked, ReadPlan, RequestBody } from '../mode.ts';
import { isStrings } from '../plan.ts';

export const DEFAULT_AGENT = 'copilot --acp --stdio';

/** What devpilot-agent keeps of an agent's stderr. */
const STDERR_CHARACTERS = 10_000;

export interface AcpPlan {
  readonly agent: string;
  /** Empty: the session is only created or loaded. */
  readonly prompt: string;
  /** The agent's id of a session to resume. */
  readonly acpSessionId?: string | undefined;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  /** Empty: the server's own. */
  readonly workdir: string;
  /** Laid over the server's environment, for the agent and its terminals. */
  readonly env: Readonly<Record<string, string>>;
  /** The persistent shell in which the agent's terminal commands run. */
  readonly shell?: SharedShellPlan | undefined;
}

export interface SharedShellPlan {
  readonly key: string;
  readonly shell: ShellName;
}

export function parseAcpRequest(body: RequestBody): Checked<JobSpec> {
  const env = parseEnv(body['env']);
  if (!env.ok) return env;
  const shell = parseSharedShell(body);
  if (!shell.ok) return shell;
  const texts = parseTexts(body);
  if (!texts.ok) return texts;
  const run = parseRunFields(body);
  if (!run.ok) return run;
  const { workdir, timeoutMs, background } = run.value;
  if (background === 'end')
    return invalidRequest('background "end" is for shell jobs: an agent is ended with all it started');
  const { agent, prompt, acp_session_id: acpSessionId, model, effort } = texts.value;
  const plan: AcpPlan = {
    agent: agent || DEFAULT_AGENT,
    prompt: prompt ?? '',
    ...(acpSessionId && { acpSessionId }),
    ...(model && { model }),
    ...(effort && { effort }),
    workdir,
    env: env.value,
    ...(shell.value !== undefined && { shell: shell.value }),
  };
  return ok({
    mode: 'acp',
    command: `[acp] ${plan.agent}`,
    timeoutMs,
    background,
    plan: { ...plan },
    labels: shell.value === undefined ? {} : { persistentShell: shell.value.shell },
    stderrCharacters: STDERR_CHARACTERS,
    unbegun: { acpSessionId: null, stopReason: 'cancelled', events: [], acpError: 'cancelled' },
  });
}

const TEXTS = ['agent', 'prompt', 'acp_session_id', 'model', 'effort'] as const;
type Texts = Readonly<Partial<Record<(typeof TEXTS)[number], string>>>;

/** Absent and null: not given. */
function parseTexts(body: RequestBody): Checked<Texts> {
  const texts: Record<string, string> = {};
  for (const name of TEXTS) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return invalidRequest(`${name} must be a string`);
    texts[name] = value;
  }
  return ok(texts);
}

function parseSharedShell({
  persistent_session_key: key,
  persistent_shell: shell,
}: RequestBody): Checked<SharedShellPlan | undefined> {
  if (key !== undefined && key !== null && typeof key !== 'string')
    return invalidRequest('persistent_session_key must be a string');
  if (shell !== undefined && shell !== null && typeof shell !== 'string')
    return invalidRequest('persistent_shell must be a string');
  if (!key) return ok(undefined);
  // A URL cannot name these: every client takes them for folders.
  if (key === '.' || key === '..') return invalidRequest('persistent_session_key may not be "." or ".."');
  if (!shell) return invalidRequest('persistent_shell is required');
  const name = shellNamed(shell);
  return name === undefined ? invalidRequest(`unsupported shell: ${shell}`) : ok({ key, shell: name });
}

export const readAcpPlan: ReadPlan<AcpPlan> = (plan) => {
  const { agent, prompt, workdir, env, acpSessionId, model, effort, shell } = plan;
  if (typeof agent !== 'string' || typeof prompt !== 'string' || typeof workdir !== 'string') return undefined;
  if (!isStrings(env) || ![acpSessionId, model, effort].every(isTextOrAbsent)) return undefined;
  const shared = shell === undefined ? undefined : readSharedShell(shell);
  if (shell !== undefined && shared === undefined) return undefined;
  // All of them were just checked.
  return { agent, prompt, workdir, env, acpSessionId, model, effort, shell: shared } as AcpPlan;
};

const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';

function readSharedShell(value: unknown): SharedShellPlan | undefined {
  if (typeof value !== 'object' || value === null || !('key' in value) || !('shell' in value)) return undefined;
  const shell = SHELL_NAMES.find((one) => one === value.shell);
  return typeof value.key === 'string' && shell !== undefined ? { key: value.key, shell } : undefined;
}
