/** Permission requests of agents on the wire. What an agent itself says is passed on as it says it. */
import Type, { type Static } from 'typebox';
import { fromAgent, when } from './agents.ts';

export const AgentPermission = Type.Object(
  {
    id: Type.String({ description: 'Id of the request within its session.' }),
    toolCall: fromAgent('What the agent wants to do, with what it has announced of it before.'),
    options: fromAgent('The answers that the agent offers: `{optionId, name, kind}`.'),
    requestedAt: when('When it was asked.'),
  },
  { $id: 'AgentPermission', description: 'A permission request that waits for an answer.' },
);
export type AgentPermission = Static<typeof AgentPermission>;

export const AGENT_REPLIES = ['once', 'always', 'reject'] as const;

export const AgentPermissionReply = Type.Object(
  {
    reply: Type.Optional(
      Type.Enum([...AGENT_REPLIES], {
        description:
          'The option of that kind is chosen. `always` falls back to `once` where the agent offers no such option.',
      }),
    ),
    optionId: Type.Optional(Type.String({ description: 'One of the options, in place of `reply`.' })),
  },
  {
    $id: 'AgentPermissionReply',
    description: 'An answer: `reply` or `optionId`.',
    examples: [{ reply: 'once' }],
  },
);
export type AgentPermissionReply = Static<typeof AgentPermissionReply>;

export const AgentPermissionAnswered = Type.Object(
  {
    id: Type.String({ description: 'Id of the request.' }),
    optionId: Type.Union([Type.String(), Type.Null()], {
      description: 'The option that was chosen; null when the request was answered as cancelled.',
    }),
  },
  { $id: 'AgentPermissionAnswered' },
);
export type AgentPermissionAnswered = Static<typeof AgentPermissionAnswered>;
