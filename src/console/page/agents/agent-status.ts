/** A session with an agent as it is named and marked. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import type { StatusStyle } from '../status.ts';
import { objectOf, textOf } from './sent.ts';

export function agentStatus(state: AgentSessionResource['state']): StatusStyle {
  switch (state) {
    case 'starting':
      return { tone: 'waiting', word: 'Starting' };
    case 'idle':
      return { tone: 'idle', word: 'Idle' };
    case 'running':
      return { tone: 'active', word: 'Running' };
    case 'waiting':
      return { tone: 'late', word: 'Asks for permission' };
    case 'failed':
      return { tone: 'bad', word: 'Failed' };
    case 'closed':
      return { tone: 'over', word: 'Closed' };
  }
}

export const isOpenSession = ({ state }: Pick<AgentSessionResource, 'state'>): boolean =>
  state !== 'failed' && state !== 'closed';

/** Its agent had opened it, so there is something to load. */
export const canResume = ({ acpSessionId }: Pick<AgentSessionResource, 'acpSessionId'>): boolean =>
  acpSessionId !== null;

/** A turn runs, or waits for an answer. */
export const isInTurn = ({ state }: Pick<AgentSessionResource, 'state'>): boolean =>
  state === 'running' || state === 'waiting';

type Named = Pick<AgentSessionResource, 'agent' | 'agentInfo'>;

/** The agent's title of the session, or the beginning of the first prompt. */
export const sessionTitle = (session: Named & Pick<AgentSessionResource, 'title'>): string =>
  session.title === null || session.title.trim() === '' ? `New session with ${agentName(session)}` : session.title;

/** The name that the agent gives itself, else the program of its command line, or its id. */
export function agentName({ agent, agentInfo }: Named): string {
  const { title, name } = objectOf(agentInfo);
  return textOf(title) ?? textOf(name) ?? folderName(agent.split(' ', 1)[0] ?? agent);
}

export const agentWithVersion = (session: Named): string =>
  [agentName(session), textOf(objectOf(session.agentInfo)['version'])].filter(Boolean).join(' ');

/** The last part of a path: lists have no room for more. */
export const folderName = (path: string): string =>
  path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) || path;
