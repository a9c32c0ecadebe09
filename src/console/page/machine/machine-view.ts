/** The machine: its processes, one of them in detail, and its ports. The address says which: `#/machine/ports`. */
import { h, setAttribute, setChildren } from '../element.ts';
import { portsView } from '../ports/ports-view.ts';
import { processesView } from '../processes/processes-view.ts';
import { routeTo } from '../route.ts';
import type { Context } from '../view.ts';

const PORTS = 'ports';

const PARTS = {
  processes: { title: 'Processes', address: routeTo('machine'), view: processesView },
  ports: { title: 'Ports', address: routeTo('machine', PORTS), view: portsView },
} as const;
type PartName = keyof typeof PARTS;

/** Of what is not named the number is taken for a process. */
const partOf = (id: string | undefined): PartName => (id === PORTS ? 'ports' : 'processes');

export function machineView(context: Context, signal: AbortSignal): HTMLElement {
  const place = h('div', { class: 'machine' });
  let shown: { readonly part: PartName; readonly stop: AbortController } | undefined;
  context.selected.watch(signal, (id) => {
    const part = partOf(id);
    if (shown?.part === part) return;
    shown?.stop.abort();
    const stop = new AbortController();
    shown = { part, stop };
    const life = AbortSignal.any([signal, stop.signal]);
    setChildren(place, PARTS[part].view(context, partLinks(part), life));
  });
  return place;
}

function partLinks(current: PartName): HTMLElement {
  const links = Object.entries(PARTS).map(([name, { title, address }]) => {
    const link = h('a', { href: address }, title);
    setAttribute(link, 'aria-current', name === current && 'page');
    return link;
  });
  return h('nav', { class: 'parts', 'aria-label': 'Machine' }, ...links);
}
