/** A block of code, with its language and a button that copies it. */
import { copyButton } from '../../copy-button.ts';
import { h } from '../../element.ts';

export interface CodeBlock {
  readonly element: HTMLElement;
  /** Grows while the code comes. */
  readonly text: Text;
}

export function codeBlock(code: string, language = ''): CodeBlock {
  const text = document.createTextNode(code);
  const copy = copyButton('Copy the code', 'Code copied', () => text.data);
  const name = language.split(/\s/, 1)[0] ?? '';
  const label = name === '' ? 'Code' : `Code, ${name}`;
  const element = h(
    'div',
    { class: 'code-block' },
    h('div', { class: 'code-bar' }, h('span', {}, name), copy),
    h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, h('code', {}, text)),
  );
  return { element, text };
}
