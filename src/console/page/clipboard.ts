/** Copies text also where the page came over plain HTTP, which has no `navigator.clipboard`. */
import { h } from './element.ts';

/** Whether it was copied. */
export function copyText(text: string): boolean {
  const area = h('textarea', { class: 'spoken', 'aria-hidden': 'true' });
  area.value = text;
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  // Deprecated and here to stay: the one way that needs neither TLS nor a permission.
  const copied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return copied;
}

/** For a text that had to be loaded first, or is long: a page that came over TLS or loopback has a quicker way. */
export async function copyLongText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyText(text);
  }
}
