/** The ports on which something listens: live, and the ways to them. */
import { announce } from '../announce.ts';
import { button } from '../button.ts';
import { h, setChildren } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { keyedList } from '../keyed-list.ts';
import { may } from '../may.ts';
import { reportFailure } from '../report-failure.ts';
import { untilLoaded } from '../until-loaded.ts';
import type { Context } from '../view.ts';
import { openPort } from './open-port.ts';
import { followPorts, type ListedPort } from './port-feed.ts';
import { portRow, type PortWays } from './port-row.ts';

export function portsView(context: Context, parts: HTMLElement, signal: AbortSignal): HTMLElement {
  const { client, connection, health } = context;
  const feed = followPorts(context, signal);
  let serverPid: number | undefined;
  /** Of sockets: whether they answered HTTP when somebody asked. */
  let spoken: ReadonlyMap<string, boolean> = new Map();
  const waysOf = ({ pid, port, address }: ListedPort): PortWays => {
    const own = pid !== null && pid === serverPid;
    return { own, reachable: !own && may(health.value, 'ports'), http: spoken.get(`${port} ${address}`) };
  };
  const body = h('tbody', {});
  const showRows = keyedList<ListedPort>(
    body,
    ({ key }) => key,
    (listed) => portRow(listed, waysOf, () => void openPort(context, listed.port)),
    signal,
  );
  const table = h(
    'table',
    { class: 'records ports', hidden: true },
    h('thead', {}, h('tr', {}, ...HEADS.map(head), h('td', {}))),
    body,
  );
  const none = h('div', {});
  const loaded = untilLoaded(none, connection, signal);
  const show = (): void => {
    const ports = feed.value;
    if (ports === undefined) return;
    loaded();
    showRows(ports);
    table.hidden = ports.length === 0;
    setChildren(
      none,
      ports.length === 0 &&
        emptyPlace('machine', 'Nothing listens', 'A program that listens on a port is listed here at once.'),
    );
  };
  const ask = async (): Promise<void> => {
    speak.disabled = true;
    try {
      const found = await client.ports.list({ http: true, signal });
      spoken = new Map(
        found.flatMap(({ port, address, http }) => (http === undefined ? [] : [[`${port} ${address}`, http]])),
      );
      announce(`${[...spoken.values()].filter(Boolean).length} of ${spoken.size} speak HTTP`);
      show();
    } catch (error) {
      if (!signal.aborted) reportFailure(connection, error);
    }
    speak.disabled = false;
  };
  const speak = button('Which speak HTTP?', () => void ask(), { title: 'Each port is connected to for that' });
  health.watch(signal, () => {
    speak.hidden = !may(health.value, 'ports');
    show();
  });
  feed.watch(signal, show);
  client.system.get({ signal }).then(
    ({ server }) => {
      serverPid = server.pid;
      show();
    },
    // Without it the server refuses its own ports itself.
    (error: unknown) => connection.explains(error),
  );
  return h('div', { class: 'page' }, h('div', { class: 'page-top' }, parts, h('h1', {}, 'Ports'), speak), table, none);
}

const HEADS = ['Port', 'Process', 'Listens at', 'User', 'Seen'];
const head = (text: string): HTMLElement => h('th', { scope: 'col' }, text);
