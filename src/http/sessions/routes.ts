/** Persistent shells: which there are, how they are, and ending one. */
import Type from 'typebox';
import { SessionDeleted, SessionResource } from '../../protocol/session.ts';
import type { ShellPool } from '../../shells/pool.ts';
import { answer, refusal } from '../wire/answers.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { sessionView } from './view.ts';

const SESSION = parameters(Type.Object({ key: Type.String({ description: 'Session key, percent-encoded.' }) }));
const SESSION_UNKNOWN = refusal('There is no session with that key.');

export const sessionRoutes = (shells: ShellPool) =>
  resource('sessions')
    .get('/sessions', () => shells.list().map(sessionView), {
      access: 'observe',
      response: { 200: answer('The sessions.', Type.Array(SessionResource)) },
      detail: { operationId: 'listSessions', summary: 'Persistent shell sessions, sorted by key.', tags: ['Sessions'] },
    })
    .get(
      '/sessions/:key',
      ({ params: { key } }) => {
        const session = shells.get(key);
        return session === undefined ? refuse({ reason: 'session-not-found' }) : sessionView(session);
      },
      {
        access: 'observe',
        params: SESSION,
        response: { 200: answer('The session.', SessionResource), 404: SESSION_UNKNOWN },
        detail: { operationId: 'getSession', summary: 'One persistent shell session.', tags: ['Sessions'] },
      },
    )
    .delete(
      '/sessions/:key',
      async ({ params: { key } }) =>
        (await shells.delete(key))
          ? { deleted: true as const, sessionKey: key }
          : refuse({ reason: 'session-not-found' }),
      {
        access: 'run',
        parse: 'none',
        params: SESSION,
        response: { 200: answer('The session has ended.', SessionDeleted), 404: SESSION_UNKNOWN },
        detail: {
          operationId: 'deleteSession',
          summary: 'Ends a persistent shell with everything it started.',
          description: 'A command that runs in it fails with `Persistent shell exited unexpectedly`.',
          tags: ['Sessions'],
        },
      },
    );
