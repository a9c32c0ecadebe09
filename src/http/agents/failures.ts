/** Why a request about agents is refused, beyond what any route may refuse. */
import { agentFailureText } from '../../agents/registry/agent-failure.ts';
import type { OpenFailure } from '../../agents/open-request.ts';
import type { PromptFailure, UseFailure } from '../../agents/session/use-failure.ts';
import type { AnswerFailure } from '../../agents/session/permissions.ts';
import type { InvalidRequest } from '../../core/invalid-request.ts';
import { refusals } from '../wire/refusals.ts';
import { withAdvice } from '../wire/system-errors.ts';

type AgentRouteFailure =
  | { readonly reason: 'session-not-found' }
  | InvalidRequest
  | OpenFailure
  | UseFailure
  | PromptFailure
  | AnswerFailure;

export const { refuse, responseTo } = refusals<AgentRouteFailure>()({
  'session-not-found': { status: 404, error: 'agent session not found' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'agent-unknown': { status: 404, error: agentFailureText },
  'agent-command-invalid': { status: 400, error: agentFailureText },
  'cwd-missing': { status: 400, error: ({ cwd }) => `cwd is not a folder: ${cwd}` },
  'too-many-sessions': {
    status: 409,
    error: ({ limit }) => `maximum agent sessions reached: ${limit} are open (--max-agent-sessions)`,
  },
  'session-is-open': { status: 409, error: ({ id }) => `the session ${id} is already open` },
  'session-not-resumable': { status: 409, error: ({ detail }) => `the session cannot be resumed: ${detail}` },
  'session-not-stored': {
    status: 507,
    error: ({ detail }) => `the session could not be stored: ${withAdvice(detail)}`,
  },
  'session-not-open': {
    status: 409,
    error: 'the agent session is not open; POST /agents/sessions with `resume` opens it again',
  },
  'too-many-prompts': {
    status: 409,
    error: ({ limit }) => `${limit} prompts are already waiting`,
  },
  'agent-refused': { status: 502, error: ({ detail }) => detail },
  'permission-not-found': { status: 404, error: 'permission request not found' },
  'permission-answered': { status: 409, error: 'the permission request is already answered' },
  'option-missing': { status: 400, error: ({ detail }) => detail },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
});
