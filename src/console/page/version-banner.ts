/** A banner once the server runs another version than when this page was loaded: what that means, and a reload. */
import type { Health } from '../../protocol/health.ts';
import { button } from './button.ts';
import { h, setChildren } from './element.ts';
import { icon } from './icon.ts';
import type { Store } from './store.ts';

export function versionBanner(health: Store<Health | undefined>, signal: AbortSignal): HTMLElement {
  const place = h('div', { class: 'banners', role: 'status' });
  /** The page came from the server that answered it first. */
  let own: string | undefined;
  let shown = '';
  health.watch(signal, (known) => {
    if (known === undefined) return;
    const { version, update } = known;
    own ??= version;
    const text =
      version === own
        ? ''
        : update.state === 'trial'
          ? `The server now runs version ${version}, on trial. If it fails, the previous version is restored automatically.`
          : `The server now runs version ${version}.`;
    if (text === shown) return;
    shown = text;
    if (text === '') setChildren(place);
    else
      setChildren(
        place,
        h(
          'div',
          { class: 'banner changed' },
          icon('check'),
          h('p', {}, text, ` This page is still from version ${own}.`),
          button('Reload', () => location.reload(), { icon: 'repeat' }),
        ),
      );
  });
  return place;
}
