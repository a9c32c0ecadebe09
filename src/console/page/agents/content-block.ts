/** A content block of the protocol. Images are named and not shown: the page's policy loads none but its own. */
import { h } from '../element.ts';
import { bytesText } from '../time-text.ts';
import { GrowingMarkdown } from './markdown/growing-markdown.ts';
import { safeLink } from './markdown/safe-link.ts';
import { jsonOf, objectOf, textOf, type Sent } from './sent.ts';

/** Characters of a text that are shown. */
const MAX_TEXT = 50_000;

export function contentBlock(block: Sent): HTMLElement {
  switch (block['type']) {
    case 'text':
      return markdown(textOf(block['text']) ?? '');
    case 'image':
    case 'audio':
      return h('p', { class: 'attachment' }, `[${mediaText(block)}]`);
    case 'resource_link': {
      const uri = textOf(block['uri']) ?? '';
      return h('p', { class: 'attachment' }, safeLink(uri, [textOf(block['title']) ?? textOf(block['name']) ?? uri]));
    }
    case 'resource': {
      const { uri, text } = objectOf(block['resource']);
      return h(
        'details',
        { class: 'raw' },
        h('summary', {}, textOf(uri) ?? 'Resource'),
        h('pre', { tabindex: 0 }, (textOf(text) ?? 'It is not text.').slice(0, MAX_TEXT)),
      );
    }
    default:
      return h('pre', { class: 'attachment' }, jsonOf(block).slice(0, MAX_TEXT));
  }
}

function markdown(text: string): HTMLElement {
  const shown = new GrowingMarkdown();
  shown.append(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
  shown.draw();
  return shown.element;
}

function mediaText({ type, mimeType, data }: Sent): string {
  const bytes = Math.floor(((textOf(data)?.length ?? 0) * 3) / 4);
  return `${String(type)}, ${textOf(mimeType) ?? 'of an unknown kind'}, ${bytesText(bytes)}`;
}
