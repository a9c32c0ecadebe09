/** How others reach this server: the address of its tunnel, and the dashboard that it is registered with. */
import type { Health } from '../../../protocol/health.ts';
import type { Registration, Tunnel } from '../../../protocol/tunnel.ts';
import { webAddress } from '../web-address.ts';
import { button } from '../button.ts';
import { copyButton } from '../copy-button.ts';
import { h, setChildren } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import { statusBadge } from '../status.ts';
import type { Context } from '../view.ts';
import { registrationText, tunnelText } from './reach-text.ts';

/** Hidden where there is neither. */
export function reachPanel({ client, connection, health }: Context, signal: AbortSignal): HTMLElement {
  const facts = h('dl', { class: 'server-facts' });
  const panel = h(
    'section',
    { class: 'panel', 'aria-labelledby': 'reach-title' },
    h('h2', { id: 'reach-title' }, 'Tunnel and dashboard'),
    facts,
  );
  const newCode = async (): Promise<void> => {
    try {
      await client.registration.requestCode();
    } catch (error) {
      reportFailure(connection, error);
    }
  };
  let shown = '';
  health.watch(signal, (known) => {
    const { tunnel, registration } = partsOf(known);
    const wanted = JSON.stringify([tunnel, registration]);
    // What is selected or has the focus stays while nothing is different.
    if (wanted === shown) return;
    shown = wanted;
    const rows = [...tunnelRows(tunnel), ...registrationRows(registration, () => void newCode())];
    setChildren(facts, ...rows);
    panel.hidden = rows.length === 0;
  });
  return panel;
}

const OFF = { state: 'off' } as const;

/** A server of an earlier version, to which an update was taken back, tells of neither. */
function partsOf(known: Partial<Health> | undefined): { readonly tunnel: Tunnel; readonly registration: Registration } {
  return { tunnel: known?.tunnel ?? OFF, registration: known?.registration ?? OFF };
}

function tunnelRows(tunnel: Tunnel): HTMLElement[] {
  const told = tunnelText(tunnel);
  if (told === undefined) return [];
  const { url } = tunnel;
  return [
    ...row('Tunnel', statusBadge(told.style), told.text),
    ...(url === undefined ? [] : row('Address', link(url), copy(url, 'address'))),
  ];
}

function registrationRows(registration: Registration, newCode: () => void): HTMLElement[] {
  const told = registrationText(registration);
  if (told === undefined) return [];
  const { dashboard = '', code, enterAt = '', state } = registration;
  return [
    ...row('Dashboard', link(dashboard)),
    ...row('Registration', statusBadge(told.style), told.text),
    ...(code === undefined
      ? []
      : row('Code', h('b', { class: 'mono' }, code), copy(code, 'code'), link(enterAt, 'Enter the code'))),
    ...(state === 'failed' || state === 'expired' ? row('', button('New code', newCode, { icon: 'repeat' })) : []),
  ];
}

function row(term: string, ...content: readonly (Node | string)[]): [HTMLElement, HTMLElement] {
  return [h('dt', {}, term), h('dd', { class: 'reach' }, ...content.filter((one) => one !== ''))];
}

const link = (address: string, text = address): HTMLElement =>
  h('a', { href: webAddress(address), target: '_blank', rel: 'noopener noreferrer' }, text);

const copy = (text: string, what: string): HTMLElement =>
  copyButton(`Copy the ${what}`, `The ${what} is copied`, () => text);
