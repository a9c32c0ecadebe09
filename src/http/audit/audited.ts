/**
 * What the audit log has of an exchange: everything but what only looks, which is `GET` of an open route or one of scope
 * `observe`. One that was refused for its key is there all the same.
 *
 * Only what is known to be a name or an id gets in: what the handler noted (subject.ts), and the parameters of the path of a route
 * of ours that have the shape of an id or that the answer shows to name something. Not the query, no header, nothing of the body,
 * and of a path that is no route of ours nothing at all: a key that was pasted into the wrong place would be kept in it.
 */
import type { AuditedRequest } from '../../audit/entry.ts';
import { ID_PATTERN } from '../../core/id.ts';
import type { Exchange } from '../gateway.ts';
import { endOfPart } from '../path-table.ts';

const MAX_CHARACTERS = 200;
const OPENED_SOCKET = 101;

export function hasEntry({ request: { method, url }, route, status }: Exchange): boolean {
  if (route === undefined || (method !== 'GET' && method !== 'HEAD')) return true;
  if (status === OPENED_SOCKET || status === 401 || status === 403) return true;
  // Reading on in the audit log would otherwise never come to its end.
  if (route.path === '/audit') return !/[?&]after=/.test(url);
  return route.access !== 'open' && route.access !== 'observe';
}

export function auditedOf({
  request,
  path,
  route,
  caller,
  peer,
  subject,
  status,
}: Exchange): Omit<AuditedRequest, 'key'> {
  const what: Record<string, string> = {};
  if (caller !== undefined) {
    for (const { name, index } of route?.parameters ?? []) {
      const value = decoded(partOf(path, index));
      if (ID_PATTERN.test(value) || namesSomething(status)) what[name] = value.slice(0, MAX_CHARACTERS);
    }
    for (const name in subject) what[name] = (subject[name] ?? '').slice(0, MAX_CHARACTERS);
  }
  return { peer: peer ?? null, method: request.method, route: route?.described ?? null, what, status };
}

/** What stands behind so many slashes. */
function partOf(path: string, index: number): string {
  let from = 0;
  for (let slashes = 0; slashes < index; slashes += 1) from = endOfPart(path, from) + 1;
  return path.slice(from, endOfPart(path, from));
}

/** Whether an answer shows that what the path names is there; other refusals come before it is looked for. */
const namesSomething = (status: number): boolean => (status >= 200 && status < 300) || status === 409;

/** As far as it can be. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
