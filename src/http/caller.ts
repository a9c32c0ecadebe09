/**
 * Who makes a request: which key it brought and what that key may do. The gateway yields it, and a handler that
 * needs it asks `callerOf`.
 */

import type { Scope } from '../protocol/scope.ts';

export { SCOPES, type Scope } from '../protocol/scope.ts';

/** What a route needs: nothing (`open`), or a key with this scope, or with one of these; then its handler looks further. */
export type Access = 'open' | Scope | readonly [Scope, ...Scope[]];

export interface Caller {
  readonly keyId: string;
  readonly scopes: ReadonlySet<Scope>;
  /** Folders that it is restricted to, as they were given; absent: to none. files/place.ts holds it to them. */
  readonly roots?: readonly string[];
  /** Ports that it is restricted to, such as `3000-3999,8080`; absent: to none. ports/allowed.ts reads it. */
  readonly ports?: string;
}

/** `admin` has all scopes. */
export const mayUse = ({ scopes }: Caller, scope: Scope): boolean => scopes.has('admin') || scopes.has(scope);

const callers = new WeakMap<Request, Caller>();

export function noteCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Undefined on an open route that was asked without a valid key. */
export const callerOf = (request: Request): Caller | undefined => callers.get(request);

const ownAuthorization = new WeakSet<Request>();

export function noteOwnAuthorization(request: Request): void {
  ownAuthorization.add(request);
}

/** Whether `Authorization` holds a key of this server, whoever's. */
export const hasOwnAuthorization = (request: Request): boolean => ownAuthorization.has(request);

const revoked = new WeakSet<Request>();

export function noteRevoked(request: Request): void {
  revoked.add(request);
}

/** Whether its key has ended since the request began: what was sent slowly meanwhile must not be done any more. */
export const isRevoked = (request: Request): boolean => revoked.has(request);
