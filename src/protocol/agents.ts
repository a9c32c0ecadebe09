/** Agents and their sessions on the wire. What an agent itself says (updates, options, usage) is passed on as it says it. */
import Type, { type Static } from 'typebox';

export const AGENT_POLICIES = ['workdir', 'read-only', 'allow-all', 'deny-all', 'ask'] as const;
/** Longest wait of a prompt for the end of its turn, in seconds. */
export const MAX_PROMPT_WAIT_SECONDS = 300;
/** Largest body of a prompt, in bytes: images are in it. */
export const MAX_PROMPT_BYTES = 16 * 1024 * 1024;

export const when = (description: string) =>
  Type.Number({ description: `${description} Unix seconds with milliseconds.` });
/** Something of the Agent Client Protocol, as the agent sent it. */
export const fromAgent = (description: string) => Type.Unknown({ description: `${description} As the agent sent it.` });
const names = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

export const AgentResource = Type.Object(
  {
    id: Type.String({ description: 'The id, to be given as `agent` of a session.' }),
    name: Type.String({ description: 'Name for people.' }),
    command: Type.String({ description: 'The command line that starts it as an ACP agent.' }),
    installed: Type.Boolean({ description: 'Whether its program was found on the `PATH` of the server.' }),
    version: Type.Optional(
      Type.String({ description: 'The version that its program reports; absent while that is not known.' }),
    ),
    homepage: Type.Optional(Type.String({ description: 'Where it is described, and how to install it.' })),
  },
  { $id: 'AgentResource', description: 'An agent that can be started by its id.' },
);
export type AgentResource = Static<typeof AgentResource>;

export const AgentSessionId = Type.String({
  pattern: '^[0-9a-f]{12}$',
  description: 'Session id: 12 lower-case hex digits.',
});

export const AgentPolicy = Type.Enum([...AGENT_POLICIES], {
  description:
    'How permission requests of the agent are answered. `workdir`: what stays inside the working directory is allowed. `read-only`: reading inside it. `allow-all`, `deny-all`. `ask`: each waits for an answer at the permissions route. A policy decides what an agent asks for; it does not confine an agent that does not ask.',
});

export const AgentSessionRequest = Type.Object(
  {
    agent: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Id of a known agent (`GET /agents`), or a command line, split by the platform’s quoting rules and not run through a shell. Default: that of the record to resume, else `copilot`.',
        examples: ['copilot', 'my-agent --acp'],
      }),
    ),
    cwd: Type.Optional(
      Type.String({
        description:
          'Working directory of the session; a relative path is resolved against the server’s own, which is the default, also for an empty string.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Environment variables of the agent and of every terminal it makes, laid over the server’s environment. Not kept on disk: a resumed session gets those of its own request.',
      }),
    ),
    mcpServers: Type.Optional(
      Type.Array(names('An MCP server in the form of the protocol.'), {
        description:
          'MCP servers that the agent is to use, passed on unchanged. Not kept on disk, as they may hold secrets: a resumed session gets those of its own request. Default: none.',
      }),
    ),
    policy: Type.Optional(AgentPolicy),
    model: Type.Optional(Type.String({ minLength: 1, description: 'Model to use, by the agent’s own id.' })),
    mode: Type.Optional(Type.String({ minLength: 1, description: 'Mode to begin in, by the agent’s own id.' })),
    effort: Type.Optional(
      Type.String({ minLength: 1, description: 'Reasoning effort of the model, in the agent’s own terms.' }),
    ),
    instructions: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Text to put before the first prompt, as a content block of its own.',
      }),
    ),
    resume: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Id of a session record of this server, which is reopened under the same id; or an `acpSessionId` of the agent, for which a new record is made. The agent must be able to load sessions.',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 2_147_483,
        description: 'Seconds that a turn may take; it is then cancelled. Default: no limit.',
      }),
    ),
  },
  { $id: 'AgentSessionRequest', description: 'A session to open.', examples: [{ agent: 'copilot' }] },
);
export type AgentSessionRequest = Static<typeof AgentSessionRequest>;

export const AgentSessionState = Type.Enum(['starting', 'idle', 'running', 'waiting', 'failed', 'closed'], {
  description:
    '`starting`: the agent starts; prompts are queued. `idle`: it waits for a prompt. `running`: a turn runs. `waiting`: a turn waits for the answer to a permission request. `failed`: the agent could not be started, or exited unexpectedly; `error` says why. `closed`: ended by a request or with the server. The last two can be resumed.',
});
export type AgentSessionState = Static<typeof AgentSessionState>;

export const AgentClient = Type.Object(
  {
    connection: Type.String({ description: 'The beginning of the id of its connection, which gives no access to it.' }),
    client: Type.Unknown({
      description: 'Its name and version as it has introduced itself (`clientInfo`); null when it has not.',
    }),
    door: Type.Enum(['http', 'websocket', 'acpremote'], {
      description: '`http`: `/acp` with event streams. `websocket`: `/acp` as a socket. `acpremote`: `/acp/ws`.',
    }),
    since: when('When it attached.'),
  },
  { $id: 'AgentClient', description: 'A client of the Agent Client Protocol that uses a session.' },
);
export type AgentClient = Static<typeof AgentClient>;

export const AgentSessionResource = Type.Object(
  {
    id: AgentSessionId,
    agent: Type.String({ description: 'Id or command line that it was opened with.' }),
    acpSessionId: Type.Union([Type.String(), Type.Null()], {
      description: 'The agent’s own id of the session; null until it has one.',
    }),
    cwd: Type.String({ description: 'Working directory, absolute.' }),
    policy: AgentPolicy,
    state: AgentSessionState,
    agentInfo: fromAgent('Name and version of the agent; null when it reports none.'),
    capabilities: fromAgent('What the agent can do; null until it has said so.'),
    modes: fromAgent('Modes and the current one; null when it has none.'),
    models: fromAgent('Models and the current one; null when it has none, or has them among `configOptions`.'),
    configOptions: fromAgent('Options of the session and their values; null when it has none.'),
    commands: fromAgent('Slash commands that a prompt may begin with; null when it has none.'),
    title: Type.Union([Type.String(), Type.Null()], {
      description: 'Title of the session: the agent’s, else the beginning of the first prompt; null before that.',
    }),
    usage: fromAgent('Tokens and costs so far; null when the agent reports none.'),
    turns: Type.Integer({ minimum: 0, description: 'Prompts so far: the number of the newest turn.' }),
    queued: Type.Integer({ minimum: 0, description: 'Prompts that wait for their turn.' }),
    createdAt: when('When it was opened.'),
    lastEventAt: when('When the newest event came.'),
    lastEventId: Type.Integer({ minimum: 0, description: 'Number of the newest event; 0 when there is none.' }),
    pendingPermissions: Type.Integer({ minimum: 0, description: 'Permission requests that wait for an answer.' }),
    pid: Type.Optional(Type.Integer({ description: 'Process id of the agent, while it runs.' })),
    error: Type.Optional(Type.String({ description: 'What went wrong.' })),
    attached: Type.Optional(
      Type.Array(AgentClient, {
        description: 'Clients of the Agent Client Protocol that use it; absent where none does.',
      }),
    ),
  },
  { $id: 'AgentSessionResource', description: 'A session with an agent.' },
);
export type AgentSessionResource = Static<typeof AgentSessionResource>;

export const AgentSessionEnded = Type.Object(
  {
    deleted: Type.Boolean({
      description:
        'True when the record and its log were removed; false when the session was open and is now closed, its record kept.',
    }),
    id: AgentSessionId,
  },
  { $id: 'AgentSessionEnded' },
);
export type AgentSessionEnded = Static<typeof AgentSessionEnded>;

export const AgentPrompt = Type.Object(
  {
    text: Type.Optional(Type.String({ minLength: 1, description: 'The prompt as text.' })),
    content: Type.Optional(
      Type.Array(names('A content block in the form of the protocol.'), {
        minItems: 1,
        description: 'The prompt as content blocks: text, images, resources. In place of `text`.',
      }),
    ),
  },
  {
    $id: 'AgentPrompt',
    description: 'A prompt: `text` or `content`.',
    examples: [{ text: 'What does this project do?' }],
  },
);
export type AgentPrompt = Static<typeof AgentPrompt>;

const turn = Type.Integer({ minimum: 1, description: 'Number of the turn, from 1.' });

export const AgentTurnAccepted = Type.Object({ turn }, { $id: 'AgentTurnAccepted' });
export type AgentTurnAccepted = Static<typeof AgentTurnAccepted>;

export const AgentTurn = Type.Object(
  {
    turn,
    stopReason: Type.String({
      description:
        'Why the turn has ended: `end_turn`, `max_tokens`, `max_turn_requests`, `refusal`, `cancelled` of the protocol; ours: `timeout`, `error`.',
    }),
    text: Type.String({ description: 'What the agent has said in this turn, without its thoughts; at most 1 MiB.' }),
    usage: fromAgent('Tokens and costs; null when the agent reports none.'),
    error: Type.Optional(Type.String({ description: 'What went wrong.' })),
  },
  { $id: 'AgentTurn', description: 'A turn that has ended.' },
);
export type AgentTurn = Static<typeof AgentTurn>;

export const AgentCancelAnswer = Type.Object(
  {
    cancelled: Type.Boolean({
      description: 'True when a turn is being cancelled, and the waiting prompts with it; false when no turn runs.',
    }),
  },
  { $id: 'AgentCancelAnswer' },
);
export type AgentCancelAnswer = Static<typeof AgentCancelAnswer>;

export const AgentRawRequest = Type.Object(
  {
    method: Type.String({
      minLength: 1,
      description: 'Any method of the protocol, or one of the agent’s own.',
      examples: ['session/list'],
    }),
    params: Type.Optional(
      names('Its parameters. `sessionId` is added to those of `session/…` methods that lack it. Default: none.'),
    ),
  },
  { $id: 'AgentRawRequest', description: 'A request for the agent itself.' },
);
export type AgentRawRequest = Static<typeof AgentRawRequest>;

export const AgentRawAnswer = Type.Object(
  { result: fromAgent('The answer.') },
  { $id: 'AgentRawAnswer', description: 'What the agent has answered.' },
);
export type AgentRawAnswer = Static<typeof AgentRawAnswer>;

/** What the server itself adds to the kinds of update of the protocol, as `event` of the stream. */
export const AGENT_EVENTS = [
  'prompt',
  'turn_end',
  'permission',
  'permission_answer',
  'state',
  'stderr',
  'warning',
  'file_read',
  'file_write',
  'terminal_run',
  'terminal_end',
  'other_session',
  'attached',
  'detached',
] as const;

export const AgentEvent = Type.Object(
  {
    id: Type.Integer({ minimum: 1, description: 'Number of the event in its session, without gaps.' }),
    event: Type.String({
      description: `Kind of update of the protocol (\`agent_message_chunk\`, \`tool_call\`, …), or one of ours: ${AGENT_EVENTS.map((kind) => `\`${kind}\``).join(', ')}. \`update\`: one whose kind is none.`,
    }),
    at: when('When it came.'),
    data: Type.Unknown({
      description:
        'The update as the agent sent it. Ours: `prompt` `{turn, content, at}`; `turn_end` an AgentTurn with `at`; `permission` `{id, toolCall, options}`; `permission_answer` `{id, optionId, by, reason}`; `state` `{state, error?}`; `stderr` and `warning` `{text}`; `file_read` `{path}`; `file_write` `{path, size}`; `terminal_run` `{terminalId, command, args, cwd}`; `terminal_end` `{terminalId, output, truncated, exitCode}`; `other_session` `{sessionId, update}`, of a session that the agent runs beside this one; `attached` and `detached` `{connection, client, door}`, of a client of the Agent Client Protocol.',
    }),
  },
  { $id: 'AgentEvent', description: 'One event of a session.' },
);
export type AgentEvent = Static<typeof AgentEvent>;

/** Fields of `GET /health` about agents. */
export const AGENT_HEALTH = {
  acp_supported: Type.Boolean({ description: 'Whether this server drives ACP agents.' }),
  agent_sessions: Type.Integer({ minimum: 0, description: 'Sessions with agents that are open.' }),
  agent_max_sessions: Type.Integer({ minimum: 0, description: 'How many may be open at once.' }),
  agent_pending_permissions: Type.Integer({ minimum: 0, description: 'Permission requests that wait for an answer.' }),
};
