/** One session with an agent: what it is, the conversation, the prompt box, and what can be done with it. */
import type { FollowedAgentEvent } from '../../../client/agents.ts';
import { ClientError } from '../../../client/failure.ts';
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { announce } from '../announce.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { sentence, showNotice } from '../notice.ts';
import { reportFailure } from '../report-failure.ts';
import { routeTo } from '../route.ts';
import type { Context } from '../view.ts';
import { isOpenSession } from './agent-status.ts';
import { ConversationPane } from './conversation-pane.ts';
import { turnEndText } from './entries/turn-end-view.ts';
import { PromptBox } from './prompt-box.ts';
import { objectOf, textOf } from './sent.ts';
import { sessionActions } from './session-actions.ts';
import { sessionBar } from './session-bar.ts';
import { sessionOptions } from './session-options.ts';
import { SessionRecord } from './session-record.ts';

export interface AgentSessionOptions {
  readonly context: Context;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly place: HTMLElement;
  /** Something in the list has changed. */
  readonly changed: () => void;
}

export function agentSessionView({ context, id, signal, place, changed }: AgentSessionOptions): void {
  const { client, connection } = context;
  const record = new SessionRecord(context, id, signal);
  const failed = (error: unknown): void => void (signal.aborted || reportFailure(connection, error));
  const refresh = (): void => {
    record.refresh();
    changed();
  };
  const box = new PromptBox({ context, id, record, signal, sent: () => pane.toEnd(), changed: refresh });
  const focusNext = (): void => {
    const next = place.querySelector<HTMLElement>('.permission.waiting .permission-state button');
    if (next === null) box.focus();
    else next.focus();
  };
  const answer = async (permissionId: string, optionId: string): Promise<void> => {
    try {
      await client.agents.answer(id, permissionId, { optionId });
    } catch (error) {
      if (error instanceof ClientError && error.status === 409) showNotice('Somebody else has already answered.');
      else failed(error);
    }
    refresh();
  };
  const live = ({ event, data }: FollowedAgentEvent): void => {
    record.takeNoteOf(event);
    const spoken = spokenText(event, data);
    if (spoken === undefined) return;
    announce(spoken);
    changed();
  };
  const pane = new ConversationPane({
    agents: client.agents,
    id,
    signal,
    answer,
    focusNext,
    live,
    drawn: (conversation) => box.showConversation(conversation),
    failed,
  });
  const actions = sessionActions({ context, id, record, changed: refresh });
  const follow = async (): Promise<void> => {
    const first = await record.when(() => true, signal);
    place.removeAttribute('aria-busy');
    setChildren(
      place,
      sessionBar(record, actions, signal),
      pane.element,
      box.element(sessionOptions(context, id, record, signal)),
    );
    pane.begin(first.lastEventId);
    box.takeFocus();
    // A session that is closed has a last event, unless it is opened again.
    for (let seen = first.lastEventId; ; seen = pane.conversation.lastId) {
      await pane.follow(seen);
      await record.when((now) => now.lastEventId > pane.conversation.lastId || isOpenSession(now), signal);
    }
  };
  record.now.watch(signal, (now) => now === 'gone' && setChildren(place, gone()));
  follow().catch((error: unknown) => {
    if (!(error instanceof ClientError && error.status === 404)) failed(error);
  });
}

/** What a screen reader is told of an event; undefined for most. */
function spokenText(event: string, sent: unknown): string | undefined {
  const data = objectOf(sent);
  switch (event) {
    case 'turn_end': {
      const stopReason = textOf(data['stopReason']) ?? 'end_turn';
      return stopReason === 'end_turn' ? 'The agent has answered' : sentence(turnEndText(stopReason));
    }
    case 'permission':
      return `The agent asks for permission: ${textOf(objectOf(data['toolCall'])['title']) ?? 'a tool call'}`;
    case 'state':
      return STATES[data['state'] as AgentSessionResource['state']];
    default:
      return undefined;
  }
}

const STATES: Readonly<Partial<Record<AgentSessionResource['state'], string>>> = {
  failed: 'The session has failed',
  closed: 'The session was closed',
};

const gone = (): HTMLElement =>
  emptyPlace(
    'agents',
    'This session is no longer kept',
    'It was removed. ',
    h('a', { href: routeTo('agents') }, 'Show the others'),
    '.',
  );
