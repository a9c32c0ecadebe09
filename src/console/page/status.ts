/** How a thing is, as a shape, a word and a colour: none of them alone. */
import { h } from './element.ts';
import { icon, type IconName } from './icon.ts';

export interface Look {
  readonly tone: 'active' | 'idle' | 'waiting' | 'good' | 'bad' | 'late' | 'over';
  readonly word: string;
}

const ICONS: Readonly<Record<Look['tone'], IconName | undefined>> = {
  active: undefined,
  idle: undefined,
  waiting: 'clock',
  good: 'check',
  bad: 'cross',
  late: 'clock',
  over: 'stop',
};

/** The shape alone, for lists; the word is its title. */
export function statusMark({ tone, word }: Look): HTMLElement {
  const name = ICONS[tone];
  return h(
    'span',
    { class: `mark ${tone}`, title: word },
    name === undefined ? h('span', { class: tone === 'idle' ? 'ring' : 'dot' }) : icon(name),
    h('span', { class: 'spoken' }, word),
  );
}

export function statusBadge(look: Look): HTMLElement {
  const mark = statusMark(look);
  mark.removeAttribute('title');
  mark.lastElementChild?.classList.remove('spoken');
  mark.classList.add('badge');
  return mark;
}
