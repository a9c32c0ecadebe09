/** What can be done with a session as a whole: close it, open it again, remove it. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { announce } from '../announce.ts';
import { confirm } from '../dialog.ts';
import { h } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import { routeTo } from '../route.ts';
import type { Context } from '../view.ts';
import { isInTurn, sessionTitle } from './agent-status.ts';
import type { SessionRecord } from './session-record.ts';

export interface SessionActions {
  readonly close: (session: AgentSessionResource) => void;
  readonly resume: (session: AgentSessionResource) => void;
  readonly remove: (session: AgentSessionResource) => void;
}

interface Options {
  readonly context: Context;
  readonly id: string;
  readonly record: SessionRecord;
  readonly changed: () => void;
}

export function sessionActions({ context: { client, connection }, id, record, changed }: Options): SessionActions {
  /** One at a time: a second press while the first is on its way does nothing. */
  let busy = false;
  const once = async (act: () => Promise<void>): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      await act();
    } catch (error) {
      reportFailure(connection, error);
    } finally {
      busy = false;
    }
    changed();
  };
  const close = async (session: AgentSessionResource): Promise<void> => {
    const agreed =
      !isInTurn(session) ||
      (await confirm({
        title: `Close “${sessionTitle(session)}”?`,
        body: [
          h(
            'p',
            {},
            'Its turn is cancelled. The agent and every process it started are ended. The conversation is kept.',
          ),
        ],
        yes: 'Close the session',
        no: 'Leave it open',
      }));
    if (!agreed) return;
    await client.agents.close(id);
    announce('Session closed');
  };
  const remove = async (session: AgentSessionResource): Promise<void> => {
    const agreed = await confirm({
      title: `Remove “${sessionTitle(session)}”?`,
      body: [h('p', {}, 'The session is deleted with its conversation.')],
      yes: 'Remove the session',
      no: 'Keep the session',
    });
    if (!agreed) return;
    const { deleted } = await client.agents.close(id);
    if (!deleted) return;
    announce('Session removed');
    location.hash = routeTo('agents');
  };
  const resume = async ({ agent, cwd, policy }: AgentSessionResource): Promise<void> => {
    record.set(await client.agents.open({ resume: id, agent, cwd, policy }));
    announce('Session opened again');
  };
  return {
    close: (session) => void once(() => close(session)),
    resume: (session) => void once(() => resume(session)),
    remove: (session) => void once(() => remove(session)),
  };
}
