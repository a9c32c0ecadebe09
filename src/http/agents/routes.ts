/** Agents that are known, and sessions as resources: open, list, show, end. */
import Type from 'typebox';
import type { AgentRegistry } from '../../agents/registry/agent-registry.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import { environmentProblem } from '../../core/environment.ts';
import { AgentResource, AgentSessionEnded, AgentSessionRequest, AgentSessionResource } from '../../protocol/agents.ts';
import { noteSubject } from '../subject.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { SESSION, SESSION_UNKNOWN } from './parameters.ts';
import { agentView, sessionView } from './view.ts';

const body = jsonBody(AgentSessionRequest, {
  nullIsAbsent: true,
  problem: ({ env }) => (env === undefined ? undefined : environmentProblem(env)),
});

export const agentRoutes = (registry: AgentRegistry, sessions: AgentSessions) =>
  resource('agents')
    .get('/agents', () => registry.list().map(agentView), {
      access: 'observe',
      response: { 200: answer('The agents.', Type.Array(AgentResource)) },
      detail: {
        operationId: 'listAgents',
        summary: 'Agents that can be started by id.',
        description:
          'Those that this server knows, and those of `agents` in config.json. Versions are determined in the background: a missing one may be there a few seconds later.',
        tags: ['Agents'],
      },
    })
    .post(
      '/agents/sessions',
      async ({ body: wanted, request, status }) => {
        const opened = await sessions.open(wanted);
        if (!opened.ok) return refuse(opened.failure);
        noteSubject(request, { session: opened.value.id });
        return status(201, sessionView(opened.value));
      },
      {
        access: 'agents',
        ...body,
        response: {
          201: answer('The session; its agent is being started.', AgentSessionResource),
          400: refusal('The body is not valid, or the folder does not exist.'),
          404: refusal('There is no agent with that id; the message names the known ones.'),
          409: refusal(
            '`--max-agent-sessions` are open, the session to resume is already open, or it cannot be resumed.',
          ),
          503: refusal('The server is shutting down; `Retry-After` says when to try again.'),
          507: refusal('The session could not be stored: the disk is full or cannot be written.'),
        },
        detail: {
          operationId: 'openAgentSession',
          summary: 'Opens a session with an agent, or reopens a closed one.',
          description:
            'The answer does not wait for the agent: prompts may be sent at once, and wait for it. A session whose agent cannot be started or exits unexpectedly is `failed`, and its `error` says why. Sessions end with the server; their records and logs stay, and `resume` reopens them if the agent can load sessions.',
          tags: ['Agents'],
        },
      },
    )
    .get('/agents/sessions', () => sessions.list().map(sessionView), {
      access: 'observe',
      response: { 200: answer('The sessions.', Type.Array(AgentSessionResource)) },
      detail: {
        operationId: 'listAgentSessions',
        summary: 'Sessions, newest first: open ones and the records of closed ones.',
        description: 'Closed ones are kept within the same limits as finished jobs (`--keep-jobs`, `--keep-bytes`).',
        tags: ['Agents'],
      },
    })
    .get(
      '/agents/sessions/:id',
      ({ params: { id } }) => {
        const record = sessions.get(id);
        return record === undefined ? refuse({ reason: 'session-not-found' }) : sessionView(record);
      },
      {
        access: 'observe',
        params: SESSION,
        response: { 200: answer('The session.', AgentSessionResource), 404: SESSION_UNKNOWN },
        detail: { operationId: 'getAgentSession', summary: 'One session.', tags: ['Agents'] },
      },
    )
    .delete(
      '/agents/sessions/:id',
      async ({ params: { id } }) => {
        const ended = await sessions.delete(id);
        return ended === undefined ? refuse({ reason: 'session-not-found' }) : { deleted: ended === 'removed', id };
      },
      {
        access: 'agents',
        parse: 'none',
        slow: true,
        params: SESSION,
        response: {
          200: answer('The session is closed, or its record is gone.', AgentSessionEnded),
          404: SESSION_UNKNOWN,
        },
        detail: {
          operationId: 'closeAgentSession',
          summary:
            'Closes an open session with everything its agent started; removes the record of one that is not open.',
          description: 'A running turn is cancelled first. The answer comes when no process of the agent is left.',
          tags: ['Agents'],
        },
      },
    );
