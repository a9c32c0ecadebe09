/** The fields of `POST /exec` that only `persistent_shell` has, checked in the inherited order. */
import { fail, ok, type Result } from '../core/failure.ts';
import type { PersistentShellPlan } from '../modes/persistent-shell/runner.ts';
import type { ShellName } from '../shells/shell-process.ts';
import type { JsonObject } from './body.ts';
import type { HttpFailure } from './failures.ts';

type SessionFields = Pick<PersistentShellPlan, 'sessionKey' | 'shell' | 'bootstrapCommand' | 'bootstrapCurrentCommand'>;

const invalid = (detail: string) => fail({ reason: 'request-invalid', detail });

/** Every word a caller may say for a shell, in lower case. */
const SPELLINGS: ReadonlyMap<string, ShellName> = new Map([
  ['pwsh', 'pwsh'],
  ['pwsh.exe', 'pwsh'],
  ['powershell', 'powershell'],
  ['powershell.exe', 'powershell'],
  ['windows-powershell', 'powershell'],
  ['cmd', 'cmd'],
  ['cmd.exe', 'cmd'],
  ['bash', 'bash'],
  ['zsh', 'zsh'],
  ['sh', 'sh'],
]);

export function parseSessionFields(body: JsonObject): Result<SessionFields, HttpFailure> {
  const { sessionKey, shell, bootstrapCommand, bootstrapCurrentCommand } = body;
  if (sessionKey === undefined || sessionKey === null || sessionKey === '') return invalid('sessionKey is required');
  if (typeof sessionKey !== 'string') return invalid('sessionKey must be a string');
  // A URL cannot name these: every client takes them for folders.
  if (sessionKey === '.' || sessionKey === '..') return invalid('sessionKey may not be "." or ".."');
  if (shell === undefined || shell === null || shell === '') return invalid('shell is required');
  if (typeof shell !== 'string') return invalid('shell must be a string');
  if (bootstrapCommand !== undefined && bootstrapCommand !== null && typeof bootstrapCommand !== 'string') {
    return invalid('bootstrapCommand must be a string');
  }
  if (
    bootstrapCurrentCommand !== undefined &&
    bootstrapCurrentCommand !== null &&
    typeof bootstrapCurrentCommand !== 'boolean'
  ) {
    return invalid('bootstrapCurrentCommand must be a boolean');
  }
  const name = SPELLINGS.get(shell.toLowerCase());
  if (name === undefined) return invalid(`unsupported shell: ${shell}`);
  return ok({
    sessionKey,
    shell: name,
    bootstrapCommand: bootstrapCommand ?? undefined,
    bootstrapCurrentCommand: bootstrapCurrentCommand ?? false,
  });
}
