/**
 * Which route a request means, from the statements of all routes: asked before Elysia is, since access and slowness
 * are checked before anything of the body is read. What has no route here is answered without asking Elysia, so that
 * no route can be reached whose access was not checked.
 */
import type { AnyElysia } from 'elysia';
import type { Access } from './caller.ts';
import { describedPath, statementsOf } from './openapi/document.ts';
import { PathTable } from './path-table.ts';

export interface Route {
  readonly method: string;
  /** As it was stated, such as `/jobs/:id`. */
  readonly path: string;
  /** The same as everybody outside reads it: `/jobs/{id}`. */
  readonly described: string;
  /** Which parts of the path, divided by slashes, are parameters. */
  readonly parameters: readonly { readonly name: string; readonly index: number }[];
  readonly access: Access;
  readonly slow: boolean;
  readonly large: boolean;
  readonly transfer: boolean;
  readonly withoutHost: boolean;
  readonly ownAuthorization: boolean;
}

/** The route for that method; HEAD is GET without the body (RFC 9110, 9.3.2), and Elysia answers it so. */
export const routeFor = (routes: ReadonlyMap<string, Route> | undefined, method: string): Route | undefined =>
  routes?.get(method === 'HEAD' ? 'GET' : method) ?? routes?.get('ALL');

export class RouteTable {
  /** Routes of each path, by method. */
  readonly #paths = new PathTable<Map<string, Route>>();

  /** Throws for a route that does not say who may use it: that is a mistake of ours. */
  constructor(app: AnyElysia) {
    for (const { method, path, hooks } of statementsOf(app)) {
      const {
        access,
        slow = false,
        large = false,
        transfer = false,
        withoutHost = false,
        ownAuthorization = false,
      } = hooks;
      if (access === undefined) throw new Error(`${method} ${path} does not state its access`);
      const route = {
        method,
        path,
        described: describedPath(path),
        parameters: parametersOf(path),
        access,
        slow,
        large,
        transfer,
        withoutHost,
        ownAuthorization,
      };
      this.#paths.of(path, () => new Map()).set(method, route);
    }
  }

  /** The routes of the path, whatever the method; undefined when there is none. */
  at(path: string): ReadonlyMap<string, Route> | undefined {
    const found = this.#paths.at(path);
    if (found !== undefined || path.length === 1 || !path.endsWith('/') || path.endsWith('//')) return found;
    // As Elysia does: one slash at the end says nothing.
    return this.#paths.at(path.slice(0, -1));
  }
}

const parametersOf = (path: string): Route['parameters'] =>
  path.split('/').flatMap((part, index) => (part.startsWith(':') ? [{ name: part.slice(1), index }] : []));
