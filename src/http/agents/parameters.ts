/** What several routes of agent sessions state alike. */
import Type from 'typebox';
import type { AgentSession } from '../../agents/session/agent-session.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import { isOpen } from '../../agents/stored.ts';
import { refusal } from '../wire/answers.ts';
import { parameters } from '../wire/schema.ts';
import { refuse, responseTo } from './failures.ts';

/** The path parameter of one session. */
export const SESSION = parameters(
  Type.Object({ id: Type.String({ description: 'Session id: 12 lower-case hex digits; for an acp job its job id.' }) }),
);

export const SESSION_UNKNOWN = refusal('There is no such session.');
export const SESSION_NOT_OPEN = refusal('The session is not open.');
export const AGENT_REFUSED = refusal('The agent has answered with an error; the message is the agent’s.');

/** A session that is not there, or not open, is told before anything of the body is looked at. */
export const unlessOpen =
  (sessions: AgentSessions) =>
  ({ id = '' }: Readonly<Record<string, string>>): Response | undefined => {
    const record = sessions.get(id);
    if (record === undefined) return responseTo({ reason: 'session-not-found' });
    return isOpen(record) ? undefined : responseTo({ reason: 'session-not-open' });
  };

/** Runs with the session where it is open; it may have ended since its body was asked for. */
export const withSession = <Answer>(sessions: AgentSessions, id: string, use: (session: AgentSession) => Answer) => {
  const open = sessions.find(id);
  return open === undefined ? refuse({ reason: 'session-not-open' }) : use(open.session);
};
