/**
 * Which route a request means, from the statements of all routes: asked before Elysia is, since access and slowness
 * are checked before anything of the body is read. What has no route here is answered without asking Elysia, so that
 * no route can be reached whose access was not checked.
 */
import type { AnyElysia } from 'elysia';
import type { Access } from './caller.ts';
import { describedPath, statementsOf } from './openapi/document.ts';

export interface Route {
  readonly method: string;
  /** As it was stated, such as `/jobs/:id`. */
  readonly path: string;
  /** The same as everybody outside reads it: `/jobs/{id}`. */
  readonly described: string;
  readonly access: Access;
  readonly slow: boolean;
  readonly withoutHost: boolean;
}

/** Routes of one path, by method. */
type Methods = Map<string, Route>;

export class RouteTable {
  readonly #static = new Map<string, Methods>();
  readonly #patterns: { readonly parts: readonly string[]; readonly methods: Methods }[] = [];

  /** Throws for a route that does not say who may use it: that is a mistake of ours. */
  constructor(app: AnyElysia) {
    for (const { method, path, hooks } of statementsOf(app)) {
      const { access, slow = false, withoutHost = false } = hooks;
      if (access === undefined) throw new Error(`${method} ${path} does not state its access`);
      const route = { method, path, described: describedPath(path), access, slow, withoutHost };
      this.#methodsOf(path).set(method, route);
    }
  }

  /** The routes of the path, whatever the method; undefined when there is none. */
  at(path: string): ReadonlyMap<string, Route> | undefined {
    // As Elysia does: one slash at the end says nothing.
    const given = path.length > 1 && path.endsWith('/') && !path.endsWith('//') ? path.slice(0, -1) : path;
    const found = this.#static.get(given);
    if (found !== undefined) return found;
    const parts = given.split('/');
    return this.#patterns.find((pattern) => matches(pattern.parts, parts))?.methods;
  }

  #methodsOf(path: string): Methods {
    const pattern = this.#patterns.find(({ parts }) => parts.join('/') === path);
    const known = pattern?.methods ?? this.#static.get(path);
    if (known !== undefined) return known;
    const methods: Methods = new Map();
    if (/[:*]/.test(path)) this.#patterns.push({ parts: path.split('/'), methods });
    else this.#static.set(path, methods);
    return methods;
  }
}

function matches(wanted: readonly string[], given: readonly string[]): boolean {
  const rest = wanted.at(-1) === '*';
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every(
    (part, index) => part === '*' || (part.startsWith(':') ? given[index] !== '' : part === given[index]),
  );
}
