/** What the URL of a socket asks for. */
import { fail, ok, type Result } from '../../core/failure.ts';
import type { HttpFailure } from '../failures.ts';
import { integerIn, wordIn } from '../query.ts';

export type SocketPlan =
  /** A terminal of its own, that ends with it. */
  | { readonly kind: 'own'; readonly workdir: string; readonly command: string }
  /** A look at one that is there. */
  | {
      readonly kind: 'attach';
      readonly terminal: string;
      readonly since: number | undefined;
      readonly readonly: boolean;
    };

export function planSocket(query: URLSearchParams): Result<SocketPlan, HttpFailure> {
  const terminal = query.get('attach');
  if (terminal === null) return planOwn(query.get('workdir') ?? '', query.get('command') ?? '');
  const since = integerIn(query, 'since', 0, Number.MAX_SAFE_INTEGER);
  if (!since.ok) return since;
  const readonly = wordIn(query, 'readonly', ['0', '1', 'false', 'true']);
  if (!readonly.ok) return readonly;
  const value = readonly.value === '1' || readonly.value === 'true';
  return ok({ kind: 'attach', terminal, since: since.value, readonly: value });
}

function planOwn(workdir: string, command: string): Result<SocketPlan, HttpFailure> {
  if (workdir.includes('\0')) return fail({ reason: 'request-invalid', detail: 'workdir contains a NUL character' });
  return ok({ kind: 'own', workdir, command });
}
