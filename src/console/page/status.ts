/** The status of a job, session or terminal, shown as a shape, a word and a colour: none of them alone. */
import { h } from './element.ts';
import { icon, type IconName } from './icon.ts';

export interface StatusStyle {
  readonly tone: 'active' | 'idle' | 'new' | 'waiting' | 'good' | 'bad' | 'late' | 'over';
  readonly word: string;
}

const ICONS: Readonly<Record<StatusStyle['tone'], IconName | undefined>> = {
  active: undefined,
  idle: undefined,
  new: 'download',
  waiting: 'clock',
  good: 'check',
  bad: 'cross',
  late: 'clock',
  over: 'stop',
};

/** The shape alone, for lists; the word is its title. */
export function statusMark({ tone, word }: StatusStyle): HTMLElement {
  const name = ICONS[tone];
  return h(
    'span',
    { class: `mark ${tone}`, title: word },
    name === undefined ? h('span', { class: tone === 'idle' ? 'ring' : 'dot' }) : icon(name),
    h('span', { class: 'spoken' }, word),
  );
}

export function statusBadge(style: StatusStyle): HTMLElement {
  const mark = statusMark(style);
  mark.removeAttribute('title');
  mark.lastElementChild?.classList.remove('spoken');
  mark.classList.add('badge');
  return mark;
}
