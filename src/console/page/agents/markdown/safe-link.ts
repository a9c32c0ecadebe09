/** Links of an agent: only to web pages, in a tab of their own that knows nothing of this one. */
import { h, type Child } from '../../element.ts';
import { webAddress } from '../../web-address.ts';

/** What leads elsewhere is shown without a link. */
export function safeLink(address: string, children: readonly Child[]): HTMLElement {
  const href = webAddress(address);
  return href === undefined
    ? h('span', { title: address }, ...children)
    : h('a', { href, title: href, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}
