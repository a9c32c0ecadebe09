/**
 * Who makes a request: which key it brought and what that key may do. The gateway yields it, and a handler that
 * needs it asks `callerOf`.
 */

export const SCOPES = ['observe', 'run', 'agents', 'files:read', 'files:write', 'ports', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a route needs: nothing (`open`), or a key with this scope. */
export type Access = 'open' | Scope;

export interface Caller {
  readonly keyId: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** `admin` has all scopes. */
export const mayUse = ({ scopes }: Caller, scope: Scope): boolean => scopes.has('admin') || scopes.has(scope);

const callers = new WeakMap<Request, Caller>();

export function noteCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Undefined on an open route that was asked without a valid key. */
export const callerOf = (request: Request): Caller | undefined => callers.get(request);
