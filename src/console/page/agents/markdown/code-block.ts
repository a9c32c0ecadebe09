/** A block of code, with its language and a button that copies it. */
import { announce } from '../../announce.ts';
import { iconButton } from '../../button.ts';
import { copyText } from '../../clipboard.ts';
import { h } from '../../element.ts';

export interface CodeBlock {
  readonly element: HTMLElement;
  /** Grows while the code comes. */
  readonly text: Text;
}

export function codeBlock(code: string, language = ''): CodeBlock {
  const text = document.createTextNode(code);
  const copy = iconButton('copy', 'Copy the code', () => {
    copyText(text.data);
    announce('Code copied');
  });
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
