/** A terminal in the list. */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { routeTo } from '../route.ts';
import { statusMark } from '../status.ts';
import type { Store } from '../store.ts';
import { timeElement } from '../time.ts';
import { terminalStatus, terminalTitle } from './terminal-status.ts';

export function terminalRow(
  terminal: TerminalResource,
  selected: Store<string | undefined>,
  signal: AbortSignal,
): Row<TerminalResource> {
  const { id, shell } = terminal;
  const mark = h('span', { class: 'row-mark' });
  const facts = h('span', { class: 'facts' });
  const when = h('span', {});
  const link = h(
    'a',
    { href: routeTo('terminals', id) },
    mark,
    h('span', { class: 'row-title mono', title: `${shell} (${id})` }, terminalTitle(terminal)),
    h('span', { class: 'row-meta' }, facts, when),
  );
  selected.watch(signal, (chosen) => setAttribute(link, 'aria-current', chosen === id && 'true'));
  let shown: unknown;
  let spoke: unknown;
  return {
    element: h('li', {}, link),
    update(now) {
      const style = terminalStatus(now);
      if (shown !== style.word) setChildren(mark, statusMark(style));
      shown = style.word;
      setText(facts, factsOf(now));
      const at = now.lastOutputAt ?? now.createdAt;
      if (spoke !== at) setChildren(when, timeElement(at));
      spoke = at;
    },
  };
}

function factsOf(terminal: TerminalResource): string {
  const { status, cols, rows, attached } = terminal;
  if (status === 'exited') return terminalStatus(terminal).word;
  return `${cols} × ${rows} · ${attached} attached`;
}
