/** A message: what the user asked, as it was typed; what the agent says, as Markdown; what it thinks, folded. */
import { h } from '../../element.ts';
import { contentBlock } from '../content-block.ts';
import type { MessageEntry, MessagePart } from '../conversation/entry.ts';
import { GrowingMarkdown } from '../markdown/growing-markdown.ts';
import type { EntryView } from './entry-view.ts';

const NAMES: Readonly<Record<MessageEntry['role'], string>> = { user: 'You', agent: 'Agent', thought: 'Thoughts' };

interface PartView {
  readonly element: HTMLElement;
  readonly update: () => void;
}

export function messageView(entry: MessageEntry): EntryView {
  const { role, continued } = entry;
  const body = h('div', { class: 'message-body' });
  const parts: PartView[] = [];
  const draw = (): void => {
    for (const [at, part] of entry.parts.entries()) {
      const known = parts[at];
      if (known !== undefined) {
        if (at === entry.parts.length - 1) known.update();
        continue;
      }
      parts.at(-1)?.update();
      const view = partView(part, role);
      parts.push(view);
      body.append(view.element);
      view.update();
    }
  };
  const element = h('article', { class: `message ${role}${continued ? ' continued' : ''}`, 'aria-label': NAMES[role] });
  if (role !== 'thought') {
    element.append(body);
    return { element, update: draw };
  }
  // Drawn only once somebody looks: thoughts are long, and mostly nobody does.
  const details = h('details', { on: { toggle: () => details.open && draw() } }, h('summary', {}, NAMES.thought), body);
  element.append(details);
  return { element, update: () => void (details.open && draw()) };
}

function partView(part: MessagePart, role: MessageEntry['role']): PartView {
  if (part.at === 'block') return { element: contentBlock(part.block), update: () => {} };
  let taken = 0;
  const take = (): string => {
    const fresh = part.text.slice(taken);
    taken = part.text.length;
    return fresh;
  };
  if (role === 'user') {
    const element = h('p', { class: 'typed' });
    return { element, update: () => element.append(take()) };
  }
  const markdown = new GrowingMarkdown();
  return {
    element: markdown.element,
    update: () => {
      markdown.append(take());
      markdown.draw();
    },
  };
}
