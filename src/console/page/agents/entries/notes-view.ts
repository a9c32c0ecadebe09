/** What happened beside the conversation: short and of interest as it is, the rest folded. */
import { h, setText } from '../../element.ts';
import { icon } from '../../icon.ts';
import type { NotesEntry } from '../conversation/entry.ts';
import type { EntryView } from './entry-view.ts';

const FOLDED: Readonly<Partial<Record<NotesEntry['kind'], string>>> = {
  stderr: 'Standard error of the agent',
  warning: 'Warnings',
  other: 'Other events',
  files: 'Files read and written',
};

export function notesView(entry: NotesEntry): EntryView {
  const title = FOLDED[entry.kind];
  return title === undefined ? openNote(entry) : foldedNotes(entry, title);
}

function openNote(entry: NotesEntry): EntryView {
  const text = h('span', {});
  const element = h('p', { class: `note ${entry.kind}` }, entry.kind === 'error' && icon('warning'), text);
  return { element, update: () => setText(text, entry.text) };
}

function foldedNotes(entry: NotesEntry, title: string): EntryView {
  const count = h('span', {});
  const text = h('pre', { tabindex: 0 });
  const fill = (): void => setText(text, entry.text);
  const element = h(
    'details',
    { class: `note ${entry.kind}`, on: { toggle: () => element.open && fill() } },
    h('summary', {}, `${title} `, count),
    text,
  );
  return {
    element,
    update() {
      setText(count, entry.count === 1 ? '' : `(${entry.count})`);
      if (element.open) fill();
    },
  };
}
