/** A command in a terminal that no tool call shows. */
import { h, setChildren, setText } from '../../element.ts';
import { statusMark, type StatusStyle } from '../../status.ts';
import type { TerminalEntry } from '../conversation/entry.ts';
import { terminalOutput } from '../tool-call/terminal-output.ts';
import type { EntryView } from './entry-view.ts';

export function terminalView(entry: TerminalEntry): EntryView {
  const mark = h('span', { class: 'row-mark' });
  const title = h('span', { class: 'tool-title mono' });
  const body = h('div', { class: 'tool-body' });
  const fill = (): void => setChildren(body, terminalOutput(entry));
  const element = h(
    'details',
    { class: 'tool', on: { toggle: () => element.open && fill() } },
    h('summary', {}, mark, h('span', { class: 'tool-kind' }, 'Run'), title),
    body,
  );
  return {
    element,
    update() {
      element.hidden = entry.embedded;
      setChildren(mark, statusMark(statusOf(entry)));
      setText(title, entry.command);
      if (element.open) fill();
    },
  };
}

function statusOf({ end }: TerminalEntry): StatusStyle {
  if (end === undefined) return { tone: 'active', word: 'Running' };
  return end.exitCode === 0 ? { tone: 'good', word: 'Completed' } : { tone: 'bad', word: 'Failed' };
}
