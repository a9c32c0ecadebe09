/** Banners above every view: that the server does not answer, and the problems that it reports. */
import type { Health } from '../../protocol/health.ts';
import type { Connection } from './connection.ts';
import { h, setChildren } from './element.ts';
import { icon } from './icon.ts';
import type { Store } from './store.ts';
import { timeElement } from './time.ts';

export function banner(connection: Connection, health: Store<Health | undefined>, signal: AbortSignal): HTMLElement {
  const place = h('div', { class: 'banners', role: 'alert' });
  let shown = '';
  const show = (): void => {
    const { value: state } = connection.state;
    const problems = state.at === 'away' ? [] : (health.value?.problems ?? []);
    // Replacing a text by itself would make screen readers repeat it with every health request.
    const wanted = state.at === 'away' ? `away ${state.since}` : problems.join('\n');
    if (wanted === shown) return;
    shown = wanted;
    if (state.at === 'away') setChildren(place, awayBanner(state.since));
    else setChildren(place, ...problems.map((text) => h('p', { class: 'banner' }, icon('warning'), text)));
  };
  connection.state.watch(signal, show);
  health.watch(signal, show);
  return place;
}

const awayBanner = (since: number): HTMLElement =>
  h(
    'p',
    { class: 'banner away' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h(
      'span',
      {},
      h('b', {}, 'The server does not answer'),
      ' (last answer ',
      timeElement(since / 1000),
      '). Trying again until it does; this page shows what it said last.',
    ),
  );
