/** Announces changes to screen readers. */
import { h } from './element.ts';

const region = h('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });

export const announcer = (): HTMLElement => region;

export function announce(text: string): void {
  // A screen reader repeats a text only when it comes in a new node.
  region.replaceChildren(h('span', {}, text));
}
