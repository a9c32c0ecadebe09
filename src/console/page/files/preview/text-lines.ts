/** A text with the numbers of its lines, which are not copied with it. Two nodes of text, however many lines there are. */
import { h } from '../../element.ts';

export function textLines(text: string, name: string): HTMLElement {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const numbers = Array.from({ length: lines }, (_, at) => String(at + 1)).join('\n');
  return h(
    'div',
    { class: 'text-lines' },
    h('pre', { class: 'text-numbers', 'aria-hidden': 'true' }, numbers),
    h('pre', { class: 'text-content', tabindex: 0, role: 'region', 'aria-label': `Text of ${name}` }, text),
  );
}
