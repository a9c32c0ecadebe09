/** What the key of the page may do with files: what it may not is not offered. */
import type { Health } from '../../../protocol/health.ts';
import type { Scope } from '../../../protocol/scope.ts';

/** A server of an earlier version does not say: then a press shows it. */
export function mayUse(health: Partial<Health> | undefined, scope: Scope): boolean {
  const scopes = health?.scopes;
  return scopes === undefined || scopes.includes('admin') || scopes.includes(scope);
}
