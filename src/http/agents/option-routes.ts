/** Mode, model and options of a session. */
import type { Static } from 'typebox';
import { chooseMode, chooseModel, setOption, type ChoicePorts, type Chosen } from '../../agents/session/choices.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import { AgentConfigRequest, AgentModelRequest, AgentModeRequest } from '../../protocol/agent-options.ts';
import { AgentSessionResource } from '../../protocol/agents.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { AGENT_REFUSED, SESSION, SESSION_NOT_OPEN, SESSION_UNKNOWN, unlessOpen, withSession } from './parameters.ts';
import { sessionView } from './view.ts';

export const agentOptionRoutes = (sessions: AgentSessions) => {
  const unless = unlessOpen(sessions);
  const choose = (id: string, how: (ports: ChoicePorts) => Promise<Chosen>) =>
    withSession(sessions, id, async (session) => {
      const chosen = await session.choose(how);
      if (!chosen.ok) return refuse(chosen.failure);
      const record = sessions.get(id);
      return record === undefined ? refuse({ reason: 'session-not-found' }) : sessionView(record);
    });
  const contract = {
    access: 'agents',
    slow: true,
    params: SESSION,
    response: {
      200: answer('The session.', AgentSessionResource),
      400: refusal('The body is not valid.'),
      404: SESSION_UNKNOWN,
      409: SESSION_NOT_OPEN,
      502: AGENT_REFUSED,
    },
  } as const;
  const description = 'Also possible while a turn runs, if the agent allows it.';
  return resource('agent-options')
    .post(
      '/agents/sessions/:id/mode',
      ({ params: { id }, body: { modeId } }: Of<typeof AgentModeRequest>) =>
        choose(id, (ports) => chooseMode(modeId, ports)),
      {
        ...contract,
        ...jsonBody(AgentModeRequest, { unless }),
        detail: {
          operationId: 'setAgentMode',
          summary: 'Changes the mode of a session.',
          description,
          tags: ['Agents'],
        },
      },
    )
    .post(
      '/agents/sessions/:id/model',
      ({ params: { id }, body: { modelId } }: Of<typeof AgentModelRequest>) =>
        choose(id, (ports) => chooseModel(modelId, ports)),
      {
        ...contract,
        ...jsonBody(AgentModelRequest, { unless }),
        detail: {
          operationId: 'setAgentModel',
          summary: 'Changes the model of a session.',
          description,
          tags: ['Agents'],
        },
      },
    )
    .post(
      '/agents/sessions/:id/config',
      ({ params: { id }, body: { configId, value } }: Of<typeof AgentConfigRequest>) =>
        choose(id, (ports) => setOption(configId, value, ports)),
      {
        ...contract,
        ...jsonBody(AgentConfigRequest, { unless }),
        detail: {
          operationId: 'setAgentOption',
          summary: 'Changes an option of a session.',
          description,
          tags: ['Agents'],
        },
      },
    );
};

interface Of<Shape extends Parameters<typeof jsonBody>[0]> {
  readonly params: { readonly id: string };
  readonly body: Static<Shape>;
}
