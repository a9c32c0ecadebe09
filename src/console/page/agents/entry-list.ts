/** The entries of a conversation on the page: drawn as they change, and dropped at the top where there are too many. */
import { h } from '../element.ts';
import type { Conversation } from './conversation/conversation.ts';
import type { Entry } from './conversation/entry.ts';
import type { EntryView } from './entries/entry-view.ts';
import type { PermissionActions } from './entries/permission-view.ts';
import { viewOfEntry } from './entries/view-of-entry.ts';

export class EntryList {
  readonly element = h('div', { class: 'entries' });
  readonly conversation: Conversation;
  readonly #actions: PermissionActions;
  readonly #views = new Map<Entry, EntryView>();

  constructor(conversation: Conversation, actions: PermissionActions) {
    this.conversation = conversation;
    this.#actions = actions;
  }

  draw(): void {
    const { tools, timeline } = this.conversation;
    const context = { ...this.#actions, terminal: (id: string) => tools.terminal(id) };
    const fresh: HTMLElement[] = [];
    for (const entry of timeline.takeChanged()) {
      let view = this.#views.get(entry);
      if (view === undefined) {
        view = viewOfEntry(entry, context);
        this.#views.set(entry, view);
        fresh.push(view.element);
      }
      view.update();
    }
    this.element.append(...fresh);
  }

  /** Keeps only the last entries. */
  keepLast(count: number): void {
    const tooMany = this.conversation.timeline.entries.length - count;
    for (const entry of this.conversation.forget(tooMany)) {
      this.#views.get(entry)?.element.remove();
      this.#views.delete(entry);
    }
  }

  /** Unfolds what is unfolded in the other list. */
  unfoldLike(other: EntryList): void {
    const open = new Set(
      [...other.#views].flatMap(([{ id, at }, { element }]) => (isOpen(element) ? [`${at} ${id}`] : [])),
    );
    for (const [{ id, at }, { element }] of this.#views)
      if (element instanceof HTMLDetailsElement && open.has(`${at} ${id}`)) element.open = true;
  }
}

const isOpen = (element: HTMLElement): boolean => element instanceof HTMLDetailsElement && element.open;
