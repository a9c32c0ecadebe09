/** Shows one session with an agent. What reads Markdown and diffs is loaded when the first one is shown. */
import { h } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import type { AgentSessionOptions } from './agent-session-view.ts';

export function agentSession(options: Omit<AgentSessionOptions, 'place'>): HTMLElement {
  const place = h('article', { class: 'agent-session', 'aria-busy': 'true' });
  const show = async (): Promise<void> => {
    const { agentSessionView } = await import('./agent-session-view.ts');
    if (!options.signal.aborted) agentSessionView({ ...options, place });
  };
  show().catch((error: unknown) => reportFailure(options.context.connection, error));
  return place;
}
