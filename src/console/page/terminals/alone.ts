/** A page of one terminal and nothing else: part of the address, so that a reload, a bookmark or a frame has it, too. */
import { h, setAttribute, setChildren } from '../element.ts';
import { icon } from '../icon.ts';
import { routeTo, type Route } from '../route.ts';
import type { Context } from '../view.ts';

const ALONE = 'alone';

export const isAlone = ({ view, id, query }: Route): boolean =>
  view === 'terminals' && id !== undefined && new URLSearchParams(query).has(ALONE);

/** The way there, and back. */
export function aloneLink({ query }: Context, id: string, signal: AbortSignal): HTMLElement {
  const link = h('a', { class: 'button quiet' });
  query.watch(signal, (now) => {
    const alone = new URLSearchParams(now).has(ALONE);
    const label = alone ? 'Show the console around this terminal' : 'Show this terminal alone';
    setAttribute(link, 'href', routeTo('terminals', id, alone ? '' : `${ALONE}=1`));
    setAttribute(link, 'title', label);
    setAttribute(link, 'aria-label', label);
    setChildren(link, icon(alone ? 'reduce' : 'enlarge'));
  });
  return link;
}
