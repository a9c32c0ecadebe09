/** Blocks of Markdown as nodes, made one by one: no text of an agent is ever read as markup. */
import type { Token, Tokens } from 'marked';
import { h } from '../../element.ts';
import { codeBlock } from './code-block.ts';
import { inlineNodes } from './inline-nodes.ts';

/** What is nested deeper is shown as its source. */
const MAX_DEPTH = 16;
/** The headings of an answer stand below those of the page. */
const HEADINGS = ['h3', 'h4', 'h5', 'h6'] as const;

export function blockNodes(tokens: readonly Token[], depth = 0): (Node | string)[] {
  return tokens.flatMap((token) => (token.type === 'space' || token.type === 'def' ? [] : [blockNode(token, depth)]));
}

function blockNode(token: Token, depth: number): Node | string {
  if (depth > MAX_DEPTH) return h('p', {}, token.raw);
  switch (token.type) {
    case 'heading': {
      const { depth: level, tokens } = token as Tokens.Heading;
      return h(HEADINGS[level - 1] ?? 'h6', {}, ...inlineNodes(tokens));
    }
    case 'code': {
      const { text, lang } = token as Tokens.Code;
      return codeBlock(text, lang).element;
    }
    case 'blockquote':
      return h('blockquote', {}, ...blockNodes((token as Tokens.Blockquote).tokens, depth + 1));
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table);
    case 'hr':
      return h('hr');
    case 'paragraph':
      return h('p', {}, ...inlineNodes((token as Tokens.Paragraph).tokens));
    case 'text': {
      // The text of an item of a tight list.
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? text : h('span', {}, ...inlineNodes(tokens));
    }
    case 'checkbox':
      return h('span', {}, ...inlineNodes([token]));
    default:
      return h('p', {}, token.raw);
  }
}

function list({ ordered, start, items }: Tokens.List, depth: number): HTMLElement {
  const children = items.map(({ tokens, task }) =>
    h('li', { class: task ? 'task' : undefined }, ...blockNodes(tokens, depth + 1)),
  );
  return ordered ? h('ol', { start: start === '' ? 1 : start }, ...children) : h('ul', {}, ...children);
}

function table({ header, rows }: Tokens.Table): HTMLElement {
  const cell = (tag: 'th' | 'td', { tokens, align }: Tokens.TableCell): HTMLElement =>
    h(tag, { class: align === null ? undefined : `align-${align}` }, ...inlineNodes(tokens));
  return h(
    'div',
    { class: 'table-frame' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...header.map((one) => cell('th', one)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((one) => cell('td', one))))),
    ),
  );
}
