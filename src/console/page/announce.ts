/** What a screen reader says of changes that others see. */
import { h } from './element.ts';

const region = h('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });

export const announcer = (): HTMLElement => region;

export function announce(text: string): void {
  // The same words again are said again only when the node is another one.
  region.replaceChildren(h('span', {}, text));
}
