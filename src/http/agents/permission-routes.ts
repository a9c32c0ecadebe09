/** Permission requests of a session that wait, and their answers. */
import Type from 'typebox';
import type { AgentSessions } from '../../agents/sessions.ts';
import { AgentPermission, AgentPermissionAnswered, AgentPermissionReply } from '../../protocol/agent-permissions.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { SESSION, SESSION_UNKNOWN, unlessOpen, withSession } from './parameters.ts';
import { permissionView } from './view.ts';

export const agentPermissionRoutes = (sessions: AgentSessions) =>
  resource('agent-permissions')
    .get(
      '/agents/sessions/:id/permissions',
      ({ params: { id } }) => {
        if (sessions.get(id) === undefined) return refuse({ reason: 'session-not-found' });
        return (sessions.find(id)?.session.permissions.pending ?? []).map(permissionView);
      },
      {
        access: 'observe',
        params: SESSION,
        response: { 200: answer('The requests, oldest first.', Type.Array(AgentPermission)), 404: SESSION_UNKNOWN },
        detail: {
          operationId: 'listAgentPermissions',
          summary: 'Permission requests that wait for an answer.',
          tags: ['Agents'],
        },
      },
    )
    .post(
      '/agents/sessions/:id/permissions/:permission',
      ({ params: { id, permission }, body: { reply, optionId } }) =>
        withSession(sessions, id, ({ permissions }) => {
          const answered = permissions.answer(
            permission,
            optionId === undefined ? { reply: reply ?? 'reject' } : { optionId },
          );
          return answered.ok ? { id: permission, optionId: answered.value.optionId ?? null } : refuse(answered.failure);
        }),
      {
        access: 'agents',
        params: parameters(
          Type.Object({
            ...SESSION.schema.properties,
            permission: Type.String({ description: 'Id of the permission request.' }),
          }),
        ),
        ...jsonBody(AgentPermissionReply, {
          unless: unlessOpen(sessions),
          problem: ({ reply, optionId }) =>
            (reply === undefined) === (optionId === undefined)
              ? 'reply or optionId is required, and not both'
              : undefined,
        }),
        response: {
          200: answer('What was chosen.', AgentPermissionAnswered),
          400: refusal('The body is not valid, or the agent offers no such option.'),
          404: refusal('There is no such session or request.'),
          409: refusal('The request is already answered, or the session is not open.'),
        },
        detail: {
          operationId: 'answerAgentPermission',
          summary: 'Answers a permission request.',
          description: 'An unanswered request is rejected after `--permission-timeout`, and cancelled with its turn.',
          tags: ['Agents'],
        },
      },
    );
