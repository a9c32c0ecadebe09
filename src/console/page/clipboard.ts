/** Copies text also where the page came over plain HTTP, which has no `navigator.clipboard`. */
import { h } from './element.ts';

export function copyText(text: string): void {
  const area = h('textarea', { class: 'spoken', 'aria-hidden': 'true' });
  area.value = text;
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  // Deprecated and here to stay: the one way that needs neither TLS nor a permission.
  document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
}
