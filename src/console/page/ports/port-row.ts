/** A port in the table: who listens there, for whom, and the ways to it. */
import { button } from '../button.ts';
import { copyButton } from '../copy-button.ts';
import { h, setChildren, setText } from '../element.ts';
import type { Row } from '../keyed-list.ts';
import { oneLine } from '../one-line.ts';
import { routeTo } from '../route.ts';
import { timeElement } from '../time.ts';
import { forwardLine } from './forward-line.ts';
import type { ListedPort } from './port-feed.ts';

export interface PortWays {
  /** Whether it may be reached: by this key, and at all. */
  readonly reachable: boolean;
  /** It is one of the server's own. */
  readonly own: boolean;
  /** Undefined: nobody asked. */
  readonly http: boolean | undefined;
}

export function portRow(listed: ListedPort, waysOf: (port: ListedPort) => PortWays, open: () => void): Row<ListedPort> {
  const { port, address, pid, command, user, since, jobId, terminalId } = listed;
  const note = h('span', { class: 'port-note' });
  const actions = h('td', { class: 'row-actions' });
  const process = command === null ? 'not told' : oneLine(command) || '(no name)';
  const element = h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'mono' }, port, ' ', note),
    h(
      'td',
      { class: 'port-process' },
      pid === null
        ? h('span', { class: 'help' }, process)
        : h('a', { class: 'mono', href: routeTo('machine', String(pid)) }, process),
      jobId !== undefined && h('a', { class: 'port-owner', href: routeTo('jobs', jobId) }, 'of a job'),
      terminalId !== undefined &&
        h('a', { class: 'port-owner', href: routeTo('terminals', terminalId) }, 'of a terminal'),
    ),
    h('td', { 'data-term': 'At' }, h('span', { class: 'mono' }, address), ` ${reachOf(address)}`),
    h('td', { 'data-term': 'User' }, user ?? '–'),
    h('td', { 'data-term': 'Seen' }, timeElement(since)),
    actions,
  );
  let shown = '';
  return {
    element,
    update(now) {
      const ways = waysOf(now);
      const wanted = JSON.stringify(ways);
      if (wanted === shown) return;
      shown = wanted;
      setText(note, noteOf(ways));
      setChildren(
        actions,
        ways.reachable && openButton(port, open),
        ways.reachable &&
          copyButton(`Copy the command that forwards port ${port}`, 'The command was copied', () =>
            forwardLine(port, location.href),
          ),
      );
    },
  };
}

function openButton(port: number, open: () => void): HTMLElement {
  const made = button('Open', open, { icon: 'open', title: `Open port ${port} in a new tab` });
  made.setAttribute('aria-label', `Open port ${port} in a new tab`);
  return made;
}

function noteOf({ own, http }: PortWays): string {
  if (own) return 'this server';
  if (http === undefined) return '';
  return http ? 'HTTP' : 'no HTTP';
}

function reachOf(address: string): string {
  if (/^127\.|^::1$|^::ffff:127\./i.test(address)) return 'this machine alone';
  return /^(0\.0\.0\.0|::|\*)$/.test(address) ? 'every address' : '';
}
