/** The top of a session: its state and title, the agent, the folder, what was used, who is attached, and what can be done with it. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { button, iconButton } from '../button.ts';
import { h, setChildren, setText, type Child } from '../element.ts';
import { icon } from '../icon.ts';
import { sentence } from '../notice.ts';
import { routeTo } from '../route.ts';
import { statusBadge } from '../status.ts';
import { attachedClients } from './attached-clients.ts';
import { agentStatus, agentWithVersion, canResume, isOpenSession, sessionTitle } from './agent-status.ts';
import { policyText } from './policy-text.ts';
import { objectOf } from './sent.ts';
import type { SessionActions } from './session-actions.ts';
import type { SessionRecord } from './session-record.ts';
import { usageText } from './usage-text.ts';

export function sessionBar(record: SessionRecord, actions: SessionActions, signal: AbortSignal): HTMLElement {
  const badge = h('span', { class: 'session-badge' });
  const title = h('h2', { class: 'terminal-title' });
  const tools = h('div', { class: 'tools' });
  const facts = h('dl', { class: 'facts-list' });
  const clients = attachedClients();
  const error = h('p', { class: 'output-note', role: 'status', hidden: true });
  let offered: Offer | undefined;
  record.now.watch(signal, (now) => {
    if (now === undefined || now === 'gone') return;
    const style = agentStatus(now.state);
    if (badge.textContent !== style.word) setChildren(badge, statusBadge(style));
    setText(title, sessionTitle(now));
    title.title = title.textContent;
    setChildren(facts, ...factsOf(now));
    clients.show(now);
    setText(error, now.error === undefined ? '' : sentence(now.error));
    error.hidden = now.error === undefined;
    const offers = isOpenSession(now) ? 'close' : canResume(now) ? 'resume' : 'remove';
    if (offers === offered) return;
    offered = offers;
    const hadFocus = tools.contains(document.activeElement);
    setChildren(tools, ...buttonsOf(record, actions, offers));
    if (hadFocus) tools.querySelector('button')?.focus();
  });
  return h(
    'header',
    { class: 'session-top' },
    h(
      'div',
      { class: 'terminal-bar' },
      h('a', { class: 'back', href: routeTo('agents'), 'aria-label': 'Back to the list' }, icon('back')),
      badge,
      title,
      tools,
    ),
    facts,
    clients.element,
    error,
  );
}

type Offer = 'close' | 'resume' | 'remove';

function buttonsOf(record: SessionRecord, actions: SessionActions, offer: Offer): HTMLButtonElement[] {
  const withRecord = (act: (session: AgentSessionResource) => void) => (): void => {
    const now = record.now.value;
    if (now !== undefined && now !== 'gone') act(now);
  };
  if (offer === 'close')
    return [
      button('Close', withRecord(actions.close), { icon: 'stop', title: 'End the agent; the conversation is kept' }),
    ];
  const remove = iconButton('trash', 'Remove this session', withRecord(actions.remove));
  if (offer === 'remove') return [remove];
  const title = 'Start the agent again and continue this session';
  return [button('Resume', withRecord(actions.resume), { icon: 'run', title }), remove];
}

function factsOf(session: AgentSessionResource): HTMLElement[] {
  const usage = usageText(objectOf(session.usage));
  const facts: Readonly<Record<string, Child>> = {
    Agent: h('span', { title: session.agent }, agentWithVersion(session)),
    Folder: h('span', { class: 'mono' }, session.cwd),
    Permissions: policyText(session.policy),
    Used: usage === '' ? undefined : usage,
  };
  return Object.entries(facts).flatMap(([term, value]) =>
    value === undefined ? [] : [h('div', {}, h('dt', {}, term), h('dd', {}, value))],
  );
}
