/** A list beside the one of it that is chosen: what the views of jobs, terminals and agents have in common. */
import { h, setChildren, type Child } from './element.ts';
import type { Store } from './store.ts';

export interface ListAndDetail {
  readonly title: string;
  readonly selected: Store<string | undefined>;
  /** Above the list's title. */
  readonly above?: Child;
  /** Beside the list's title. */
  readonly control: Child;
  readonly list: readonly Child[];
  /** Below the list, and in sight however long that is. */
  readonly below?: Child;
  /** What is chosen; its signal aborts when another is. */
  readonly detail: (id: string, signal: AbortSignal) => HTMLElement;
  readonly nothingChosen: (signal: AbortSignal) => HTMLElement;
}

export function listAndDetail(parts: ListAndDetail, signal: AbortSignal): HTMLElement {
  const detail = h('div', { class: 'detail' });
  let shown: AbortController | undefined;
  parts.selected.watch(signal, (id) => {
    shown?.abort();
    shown = new AbortController();
    const life = AbortSignal.any([signal, shown.signal]);
    setChildren(detail, id === undefined ? parts.nothingChosen(life) : parts.detail(id, life));
  });
  const bar = h('div', { class: 'list-bar' }, h('h1', {}, parts.title), parts.control);
  const list = h('div', { class: 'list' }, ...parts.list);
  return h('div', { class: 'split' }, h('div', { class: 'side' }, parts.above, bar, list, parts.below), detail);
}
