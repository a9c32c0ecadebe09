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

export const sessionTitle = ({ title, agent }: Pick<AgentSessionResource, 'title' | 'agent'>): string =>
  title === null || title.trim() === '' ? `New session with ${agent}` : title;

/** The name that the agent gives itself, else how it was started. */
export function agentName({ agent, agentInfo }: Pick<AgentSessionResource, 'agent' | 'agentInfo'>): string {
  const { title, name, version } = objectOf(agentInfo);
  const own = textOf(title) ?? textOf(name);
  return own === undefined ? agent : [own, textOf(version)].filter(Boolean).join(' ');
}

/** The last part of a path: lists have no room for more. */
export const folderName = (path: string): string =>
  path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) || path;
