/** Jobs of mode `acp` on the wire: what a request has, and what is added to the record. */
import Type from 'typebox';

const when = (description: string) => Type.Number({ description: `${description} Unix seconds with milliseconds.` });

/** Fields of `POST /exec` in mode `acp`. */
export const ACP_FIELDS = {
  agent: Type.Optional(
    Type.String({
      default: 'copilot --acp --stdio',
      description:
        'Mode `acp`: the agent’s command line, split by the platform’s quoting rules and not run through a shell; or the id of a known agent.',
    }),
  ),
  prompt: Type.Optional(
    Type.String({ description: 'Mode `acp`: the prompt. Empty or absent: the session is only created or loaded.' }),
  ),
  acp_session_id: Type.Optional(
    Type.String({ description: 'Mode `acp`: the session to resume; its history is not counted as output or events.' }),
  ),
  model: Type.Optional(Type.String({ description: 'Mode `acp`: model to use. Default: the agent’s own.' })),
  effort: Type.Optional(
    Type.String({ description: 'Mode `acp`: reasoning effort of the model. Default: the agent’s own.' }),
  ),
  persistent_session_key: Type.Optional(
    Type.String({ description: 'Mode `acp`: the persistent shell in which the agent’s terminal commands run.' }),
  ),
  persistent_shell: Type.Optional(
    Type.String({ description: 'Mode `acp`: the shell of that session; required with `persistent_session_key`.' }),
  ),
};

/** Kinds of events of an acp job, as devpilot-agent has them. */
export const ACP_JOB_EVENTS = [
  'message',
  'thought',
  'tool_call',
  'tool_call_update',
  'file_read',
  'file_write',
  'terminal_run',
  'permission',
] as const;

/** Fields of the record of an acp job. */
export const ACP_JOB_FIELDS = {
  persistentShell: Type.Optional(
    Type.String({ description: 'Mode `acp` with a shared persistent shell: the name of that shell.' }),
  ),
  acpSessionId: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description: 'Mode `acp`: the agent’s id of the session, for `acp_session_id`; null when it has none.',
    }),
  ),
  stopReason: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description:
        'Mode `acp`, finished: why the turn ended. `end_turn` and `no_prompt` are success; `timeout`, `cancelled`, `refusal`, `max_tokens`, `max_turn_requests`, `error` are not.',
    }),
  ),
  events: Type.Optional(
    Type.Array(
      Type.Object({
        type: Type.Enum([...ACP_JOB_EVENTS], { description: 'Kind of the event.' }),
        timestamp: when('When it came.'),
        data: Type.Unknown({ description: 'What it is about; the update itself for tool calls.' }),
      }),
      { description: 'Mode `acp`: what happened, the last 500 events; also while the job runs.' },
    ),
  ),
  acpError: Type.Optional(Type.String({ description: 'Mode `acp`, failed: what went wrong.' })),
};
