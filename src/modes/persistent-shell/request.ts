/** `mode: persistent_shell`: its fields, checked in the inherited order, and the plan that is made of them. */
import { ok } from '../../core/failure.ts';
import { invalidRequest } from '../../core/invalid-request.ts';
import type { JobSpec } from '../../jobs/record.ts';
import { SHELL_NAMES, type ShellName } from '../../shells/shell-process.ts';
import { shellNamed } from '../../shells/spellings.ts';
import { parseCommand, parseEnv, parseRunFields } from '../fields.ts';
import type { Checked, ReadPlan, RequestBody } from '../mode.ts';
import { isStrings } from '../plan.ts';

export interface PersistentShellPlan extends SessionFields {
  readonly command: string;
  /** Where a new session begins; empty: where the server is. */
  readonly workdir: string;
  /** Laid over the server's environment in a new session. */
  readonly env: Readonly<Record<string, string>>;
}

interface SessionFields {
  readonly sessionKey: string;
  readonly shell: ShellName;
  /** Script text that the session's process has to have run before `command`. */
  readonly bootstrapCommand?: string | undefined;
  /** `command` is that text itself. */
  readonly bootstrapCurrentCommand: boolean;
}

/** `available`: the shells that are on this machine. */
export function parsePersistentShellRequest(body: RequestBody, available: ReadonlySet<ShellName>): Checked<JobSpec> {
  const env = parseEnv(body['env']);
  if (!env.ok) return env;
  if (!isAvailable(body['shell'], available)) return invalidRequest('persistent shell is not available');
  const command = parseCommand(body['command']);
  if (!command.ok) return command;
  const session = parseSessionFields(body);
  if (!session.ok) return session;
  const run = parseRunFields(body);
  if (!run.ok) return run;
  const { workdir, timeoutMs, background } = run.value;
  if (background === 'end')
    return invalidRequest(
      'background "end" is for shell jobs: a session keeps what its commands started until it is deleted',
    );
  const { sessionKey, shell } = session.value;
  const plan: PersistentShellPlan = { command: command.value, workdir, env: env.value, ...session.value };
  return ok({
    mode: 'persistent_shell',
    command: command.value,
    timeoutMs,
    background,
    plan: { ...plan },
    labels: { sessionKey, shell },
  });
}

/**
 * Inherited callers know sessions of PowerShell only, and are refused at once where there is none. One of the two that is
 * missing while the other is there fails its job instead, as does any other shell that is not on the machine.
 */
function isAvailable(shell: unknown, available: ReadonlySet<ShellName>): boolean {
  const asked = typeof shell === 'string' ? shellNamed(shell) : undefined;
  if (asked === 'pwsh' || asked === 'powershell') return available.has('pwsh') || available.has('powershell');
  return available.size > 0;
}

function parseSessionFields(body: RequestBody): Checked<SessionFields> {
  const { sessionKey, shell, bootstrapCommand, bootstrapCurrentCommand } = body;
  if (typeof sessionKey !== 'string' || sessionKey === '') return invalidRequest('sessionKey is required');
  // A URL cannot name these: every client takes them for folders.
  if (sessionKey === '.' || sessionKey === '..') return invalidRequest('sessionKey may not be "." or ".."');
  if (shell === undefined || shell === null || shell === '') return invalidRequest('shell is required');
  if (typeof shell !== 'string') return invalidRequest('shell must be a string');
  if (bootstrapCommand !== undefined && bootstrapCommand !== null && typeof bootstrapCommand !== 'string')
    return invalidRequest('bootstrapCommand must be a string');
  if (
    bootstrapCurrentCommand !== undefined &&
    bootstrapCurrentCommand !== null &&
    typeof bootstrapCurrentCommand !== 'boolean'
  )
    return invalidRequest('bootstrapCurrentCommand must be a boolean');
  const name = shellNamed(shell);
  if (name === undefined) return invalidRequest(`unsupported shell: ${shell}`);
  return ok({
    sessionKey,
    shell: name,
    ...(typeof bootstrapCommand === 'string' && { bootstrapCommand }),
    bootstrapCurrentCommand: bootstrapCurrentCommand ?? false,
  });
}

export const readPersistentShellPlan: ReadPlan<PersistentShellPlan> = (plan) => {
  const { command, workdir, env, sessionKey, shell, bootstrapCommand, bootstrapCurrentCommand } = plan;
  if (typeof command !== 'string' || typeof workdir !== 'string' || !isStrings(env)) return undefined;
  const name = SHELL_NAMES.find((one) => one === shell);
  if (typeof sessionKey !== 'string' || name === undefined) return undefined;
  if (bootstrapCommand !== undefined && typeof bootstrapCommand !== 'string') return undefined;
  if (typeof bootstrapCurrentCommand !== 'boolean') return undefined;
  return { command, workdir, env, sessionKey, shell: name, bootstrapCommand, bootstrapCurrentCommand };
};
