/** What is shown in a place that is empty: why it is, and what to do. */
import { h, type Child } from './element.ts';
import { icon, type IconName } from './icon.ts';

export const emptyPlace = (name: IconName, title: string, ...body: readonly Child[]): HTMLElement =>
  h('div', { class: 'empty' }, icon(name), h('h2', {}, title), h('p', {}, ...body));
