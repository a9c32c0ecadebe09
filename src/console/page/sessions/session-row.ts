/** A session in the table. */
import type { SessionResource } from '../../../protocol/session.ts';
import { button, iconButton } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { statusBadge, type StatusStyle } from '../status.ts';
import { timeElement } from '../time.ts';

export interface SessionActions {
  readonly run: () => void;
  readonly end: () => void;
}

export function sessionRow(session: SessionResource, { run, end }: SessionActions): Row<SessionResource> {
  const { sessionKey, createdAt } = session;
  const shell = h('td', {});
  const state = h('td', {});
  const used = h('td', { 'data-term': 'Last used' });
  const element = h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'mono' }, sessionKey),
    shell,
    state,
    used,
    h('td', { 'data-term': 'Created' }, timeElement(createdAt)),
    h(
      'td',
      { class: 'row-actions' },
      button('Run a command', run, { icon: 'run', title: `Run a command in ${sessionKey}` }),
      iconButton('trash', `End the session ${sessionKey}`, end),
    ),
  );
  let shown = '';
  return {
    element,
    update({ shell: name, lastUsedAt, status, activeCommand }) {
      setText(shell, name);
      const now = `${status} ${activeCommand} ${lastUsedAt}`;
      if (now === shown) return;
      shown = now;
      setChildren(state, statusBadge(sessionStatus(status)));
      setChildren(used, timeElement(lastUsedAt));
    },
  };
}

function sessionStatus(status: SessionResource['status']): StatusStyle {
  switch (status) {
    case 'running':
      return { tone: 'active', word: 'Running' };
    case 'idle':
      return { tone: 'idle', word: 'Idle' };
    case 'stopped':
      return { tone: 'over', word: 'Stopped' };
  }
}
