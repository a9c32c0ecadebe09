/** What the key may do, as the server said last: what it may not is not offered. */
import type { Health } from '../../protocol/health.ts';
import type { Scope } from '../../protocol/scope.ts';

export const may = (health: Health | undefined, scope: Scope): boolean =>
  health !== undefined && (health.scopes.includes('admin') || health.scopes.includes(scope));
