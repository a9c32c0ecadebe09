/** Which methods a path answers to, for a 405 that says so. */
import type { AnyElysia } from 'elysia';

export function allowedMethods(app: AnyElysia, path: string): string[] {
  return [...new Set(app.routes.filter((route) => matches(route.path, path)).map((route) => route.method))].toSorted();
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}
