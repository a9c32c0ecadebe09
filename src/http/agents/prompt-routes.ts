/** What is asked of the agent of a session: prompts, their cancellation, any request of the protocol. */
import Type from 'typebox';
import type { AgentSessions } from '../../agents/sessions.ts';
import {
  AgentCancelAnswer,
  AgentPrompt,
  AgentRawAnswer,
  AgentRawRequest,
  AgentTurn,
  AgentTurnAccepted,
  MAX_PROMPT_BYTES,
  MAX_PROMPT_WAIT_SECONDS,
} from '../../protocol/agents.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { query } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { AGENT_REFUSED, SESSION, SESSION_NOT_OPEN, SESSION_UNKNOWN, unlessOpen, withSession } from './parameters.ts';
import { waitFor } from './wait.ts';

export const agentPromptRoutes = (sessions: AgentSessions) => {
  const unless = unlessOpen(sessions);
  return resource('agent-prompts')
    .post(
      '/agents/sessions/:id/prompt',
      ({ params: { id }, query: { wait = 0 }, body: { text, content }, request, status }) =>
        withSession(sessions, id, async (session) => {
          if (sessions.draining) return refuse({ reason: 'shutting-down' });
          const added = session.prompt(content ?? [{ type: 'text', text }]);
          if (!added.ok) return refuse(added.failure);
          const turn = added.value;
          const end = wait > 0 ? await waitFor(turn.ended, wait * 1000, request.signal) : undefined;
          return end ?? status(202, { turn: turn.number });
        }),
      {
        access: 'agents',
        slow: true,
        params: SESSION,
        ...query(
          Type.Object({
            wait: Type.Optional(
              Type.Number({
                minimum: 0,
                maximum: MAX_PROMPT_WAIT_SECONDS,
                description: `Seconds to wait for the end of the turn, 0 to ${MAX_PROMPT_WAIT_SECONDS}. Default 0.`,
              }),
            ),
          }),
        ),
        ...jsonBody(AgentPrompt, {
          unless,
          limit: MAX_PROMPT_BYTES,
          problem: ({ text, content }) =>
            (text === undefined) === (content === undefined) ? 'text or content is required, and not both' : undefined,
        }),
        response: {
          200: answer('The turn, which has ended.', AgentTurn),
          202: answer('The turn, which has not ended yet.', AgentTurnAccepted),
          400: refusal('The body or `wait` is not valid.'),
          404: SESSION_UNKNOWN,
          409: refusal('The session is not open, or 100 prompts are already waiting.'),
          413: refusal('The body is larger than 16 MiB.'),
          503: refusal('The server is shutting down; `Retry-After` says when to try again.'),
        },
        detail: {
          operationId: 'promptAgent',
          summary: 'Sends a prompt, which waits while another turn runs.',
          description:
            'With `wait` the answer comes when the turn ends, or when the time is over. The turn continues even if the caller disconnects.',
          tags: ['Agents'],
        },
      },
    )
    .post(
      '/agents/sessions/:id/cancel',
      ({ params: { id } }) => withSession(sessions, id, (session) => ({ cancelled: session.cancel() })),
      {
        access: 'agents',
        params: SESSION,
        ...jsonBody(Type.Object({}), { unless, contentType: 'optional' }),
        response: {
          200: answer('Whether there was something to cancel.', AgentCancelAnswer),
          404: SESSION_UNKNOWN,
          409: SESSION_NOT_OPEN,
        },
        detail: {
          operationId: 'cancelAgentTurn',
          summary: 'Cancels the running turn and the waiting prompts.',
          description: 'The turn ends when the agent has answered, with `stopReason` `cancelled`.',
          tags: ['Agents'],
        },
      },
    )
    .post(
      '/agents/sessions/:id/raw',
      ({ params: { id }, body: { method, params = {} } }) =>
        withSession(sessions, id, async (session) => {
          const answered = await session.raw(method, params);
          return answered.ok ? { result: answered.value } : refuse(answered.failure);
        }),
      {
        access: 'agents',
        slow: true,
        params: SESSION,
        ...jsonBody(AgentRawRequest, { unless }),
        response: {
          200: answer('The answer of the agent.', AgentRawAnswer),
          400: refusal('The body is not valid.'),
          404: SESSION_UNKNOWN,
          409: SESSION_NOT_OPEN,
          502: AGENT_REFUSED,
        },
        detail: {
          operationId: 'askAgent',
          summary: 'Sends any request of the Agent Client Protocol to the agent, and returns its answer.',
          tags: ['Agents'],
        },
      },
    );
};
