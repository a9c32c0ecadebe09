/** Banners above every view: that the server does not answer, and the problems that it reports. */
import type { Health } from '../../protocol/health.ts';
import { button } from './button.ts';
import type { Connection, ConnectionState } from './connection.ts';
import { h, setChildren } from './element.ts';
import { icon } from './icon.ts';
import type { Store } from './store.ts';
import { timeElement } from './time.ts';
import { isUnderWay } from './update-phase.ts';

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
    if (state.at === 'away')
      setChildren(
        place,
        awayBanner(state, () => connection.check()),
      );
    else setChildren(place, ...problems.map((text) => h('p', { class: 'banner' }, icon('warning'), text)));
  };
  connection.state.watch(signal, show);
  health.watch(signal, show);
  return place;
}

type Away = Extract<ConnectionState, { readonly at: 'away' }>;

function awayBanner({ since, health }: Away, tryNow: () => void): HTMLElement {
  const update = health?.update.state ?? 'unavailable';
  const restarts = isUnderWay(update);
  return h(
    'div',
    { class: restarts ? 'banner' : 'banner away' },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h(
      'p',
      {},
      h('b', {}, restarts ? 'The server is restarting for an update' : 'The server does not answer'),
      ' (last answer ',
      timeElement(since / 1000),
      `). ${restarts ? 'This page continues as soon as it answers.' : (WHILE_AWAY[update] ?? TRYING)}`,
    ),
    button('Try now', tryNow, { icon: 'repeat' }),
  );
}

const TRYING = 'This page shows the last data received, and tries again automatically.';
const WHILE_AWAY: Readonly<Partial<Record<Health['update']['state'], string>>> = {
  trial: 'Its new version was on trial. If it failed, the previous version is restored automatically.',
};
