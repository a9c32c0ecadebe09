/** A tool call as one row that unfolds to its content. */
import { h, setChildren, setText } from '../../element.ts';
import { statusMark, type StatusStyle } from '../../status.ts';
import type { TerminalEntry, ToolEntry } from '../conversation/entry.ts';
import { objectOf, textOf } from '../sent.ts';
import { toolContent } from '../tool-call/tool-content.ts';
import type { EntryView } from './entry-view.ts';

/** How the row names each kind. */
const KINDS: Readonly<Record<string, string>> = {
  read: 'Read',
  edit: 'Edit',
  delete: 'Delete',
  move: 'Move',
  search: 'Search',
  execute: 'Run',
  think: 'Think',
  fetch: 'Fetch',
  switch_mode: 'Mode',
};

export const kindText = (kind: string): string => KINDS[kind] ?? 'Tool';

export function toolView(entry: ToolEntry, terminalOf: (id: string) => TerminalEntry | undefined): EntryView {
  const mark = h('span', { class: 'row-mark' });
  const kind = h('span', { class: 'tool-kind' });
  const title = h('span', { class: 'tool-title' });
  const body = h('div', { class: 'tool-body' });
  const fill = (): void => setChildren(body, ...toolContent(entry, terminalOf));
  const element = h(
    'details',
    { class: 'tool', on: { toggle: () => element.open && fill() } },
    h('summary', {}, mark, kind, title),
    body,
  );
  let shown = '';
  return {
    element,
    update() {
      const style = toolStatus(entry);
      if (style.word !== shown) setChildren(mark, statusMark(style));
      shown = style.word;
      setText(kind, kindText(entry.kind));
      setText(title, titleOf(entry));
      title.title = title.textContent;
      if (element.open) fill();
    },
  };
}

function titleOf({ title, rawInput }: ToolEntry): string {
  if (title !== '') return title;
  const { command, path } = objectOf(rawInput);
  return textOf(command) ?? textOf(path) ?? 'Tool call';
}

function toolStatus({ status, abandoned }: ToolEntry): StatusStyle {
  switch (status) {
    case 'completed':
      return { tone: 'good', word: 'Completed' };
    case 'failed':
      return { tone: 'bad', word: 'Failed' };
    default:
      // An update may still come after the end of its turn.
      if (abandoned) return { tone: 'over', word: 'Not finished' };
      return status === 'in_progress' ? { tone: 'active', word: 'Running' } : { tone: 'waiting', word: 'Waiting' };
  }
}
