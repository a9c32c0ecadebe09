import { statSync } from 'node:fs';
import type { Elysia } from 'elysia';
import Type from 'typebox';
import { toSeconds } from '../../core/clock.ts';
import type { SessionResource } from '../../protocol/session.ts';
import type { ShellPool } from '../../shells/pool.ts';
import type { ShellSession } from '../../shells/session.ts';
import { describe, refusal, type Parameter } from '../describe.ts';
import { json, refuse } from '../failures.ts';

const KEY: Parameter = { name: 'key', in: 'path', description: 'Session key, percent-encoded.', schema: Type.String() };

export function sessionRoutes(app: Elysia, shells: ShellPool): void {
  app.get(
    '/sessions',
    () => json(shells.list().map(sessionView)),
    describe({
      operationId: 'listSessions',
      summary: 'Persistent shell sessions, sorted by key.',
      tags: ['Sessions'],
      answers: {
        200: { description: 'The sessions.', schema: 'SessionResource', list: true },
        401: refusal('Wrong or missing key.'),
      },
    }),
  );

  app.get(
    '/sessions/:key',
    ({ params }) => {
      const session = shells.get(params.key);
      return session === undefined ? refuse({ reason: 'session-not-found' }) : json(sessionView(session));
    },
    describe({
      operationId: 'getSession',
      summary: 'One persistent shell session.',
      tags: ['Sessions'],
      parameters: [KEY],
      answers: {
        200: { description: 'The session.', schema: 'SessionResource' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no session of that key.'),
      },
    }),
  );

  app.delete(
    '/sessions/:key',
    async ({ params }) =>
      (await shells.delete(params.key))
        ? json({ deleted: true, sessionKey: params.key })
        : refuse({ reason: 'session-not-found' }),
    describe({
      operationId: 'deleteSession',
      summary: 'Ends a persistent shell with all it started.',
      description: 'A command that runs in it fails with `Persistent shell exited unexpectedly`.',
      tags: ['Sessions'],
      parameters: [KEY],
      answers: {
        200: { description: 'The session is gone.', schema: 'SessionDeleted' },
        401: refusal('Wrong or missing key.'),
        404: refusal('There is no session of that key.'),
      },
    }),
  );
}

function sessionView(session: ShellSession): SessionResource {
  const lastOutputAt = lastOutput(session);
  return {
    sessionKey: session.key,
    shell: session.kind.name,
    status: session.status,
    createdAt: toSeconds(session.createdAt),
    lastUsedAt: toSeconds(session.lastUsedAt),
    lastOutputAt: lastOutputAt === 0 ? null : toSeconds(lastOutputAt),
    processAlive: session.status !== 'stopped',
    activeCommand: session.busy,
  };
}

function lastOutput({ lastFiles }: ShellSession): number {
  if (lastFiles === undefined) return 0;
  const stats = [lastFiles.stdout, lastFiles.stderr].map((path) => statSync(path, { throwIfNoEntry: false }));
  return Math.max(...stats.map((stat) => (stat === undefined || stat.size === 0 ? 0 : stat.mtimeMs)));
}
