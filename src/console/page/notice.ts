/** Short messages about requests that failed, shown until they are dismissed or the next one comes. */
import { announce } from './announce.ts';
import { iconButton } from './button.ts';
import { h, setChildren } from './element.ts';
import { icon } from './icon.ts';

const place = h('div', { class: 'notice-place' });

export const noticePlace = (): HTMLElement => place;

export function showNotice(text: string): void {
  announce(text);
  setChildren(
    place,
    h(
      'div',
      { class: 'notice' },
      icon('warning'),
      h('p', {}, text),
      iconButton('close', 'Dismiss', () => setChildren(place)),
    ),
  );
}

export const clearNotice = (): void => setChildren(place);

/** A sentence out of a server's message, which begins in lower case and has no full stop. */
export function sentence(message: string): string {
  const text = message.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
