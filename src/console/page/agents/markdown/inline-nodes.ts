/** Text within a line of Markdown as nodes. HTML in it is text like any other. */
import type { Token, Tokens } from 'marked';
import { h } from '../../element.ts';
import { withCharacters } from './characters.ts';
import { safeLink } from './safe-link.ts';

export const inlineNodes = (tokens: readonly Token[]): (Node | string)[] => tokens.map(inlineNode);

function inlineNode(token: Token): Node | string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return h(token.type, {}, ...inlineNodes(token.tokens ?? []));
    case 'codespan':
      return h('code', {}, (token as Tokens.Codespan).text);
    case 'br':
      return h('br');
    case 'checkbox':
      return checkbox(token as Tokens.Checkbox);
    case 'link': {
      const { href, tokens } = token as Tokens.Link;
      return safeLink(withCharacters(href), inlineNodes(tokens));
    }
    case 'image': {
      // Loading it would tell its server that somebody reads this.
      const { href, text } = token as Tokens.Image;
      return safeLink(withCharacters(href), [`[image: ${text === '' ? href : withCharacters(text)}]`]);
    }
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? withCharacters(text) : h('span', {}, ...inlineNodes(tokens));
    }
    default:
      return token.raw;
  }
}

const checkbox = ({ checked }: Tokens.Checkbox): HTMLElement =>
  h('input', { type: 'checkbox', checked, disabled: true, 'aria-label': checked ? 'Done' : 'Not done' });
