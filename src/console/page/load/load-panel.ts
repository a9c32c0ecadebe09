/** The machine's load as a panel: processors and memory over the last minutes, and how full its disks are. */
import type { SystemDisk, SystemEvent } from '../../../protocol/system.ts';
import { h, setAttribute, setChildren, setText } from '../element.ts';
import { bytesText } from '../time-text.ts';
import type { LoadFeed } from './load-feed.ts';
import { spanText } from './load-history.ts';
import { sparkline } from './sparkline.ts';

/** More mounts than these are a matter for a terminal. */
const MAX_DISKS = 8;

export function loadPanel(load: LoadFeed, signal: AbortSignal): HTMLElement {
  const cpu = graph('CPU', 'cpu');
  const memory = graph('Memory', 'memory');
  const average = h('p', { class: 'help' });
  const disks = h('ul', { class: 'disks', 'aria-label': 'Disks' });
  const element = h(
    'section',
    { class: 'load-panel', 'aria-label': 'Load of the machine', hidden: true },
    h('h2', {}, 'Load of the machine'),
    h('div', { class: 'load-graphs' }, cpu.element, memory.element),
    average,
    disks,
  );
  let shown = '';
  load.watch(signal, (known) => {
    element.hidden = known === undefined;
    if (known === undefined) return;
    const { now, points } = known;
    cpu.show(points, `${Math.round(now.cpu.usage)}% of ${coresText(now.cpu.perCore.length)}`);
    memory.show(points, `${bytesText(now.memory.used)} of ${bytesText(now.memory.total)}`);
    setText(average, [sentenceStart(spanText(points)), ...averages(now)].join(' · '));
    const answering = now.disks.filter(({ total }) => total !== null && total > 0).slice(0, MAX_DISKS);
    // Most seconds nothing is written: what is selected stays.
    const wanted = JSON.stringify(answering);
    if (wanted === shown) return;
    shown = wanted;
    setChildren(disks, ...answering.map(diskItem));
  });
  return element;
}

function graph(name: string, of: 'cpu' | 'memory') {
  const { element, show } = sparkline(name, of);
  const value = h('span', { class: 'load-value' });
  return {
    element: h('div', { class: 'load-graph' }, h('p', {}, h('b', {}, name), value), element),
    show(points: Parameters<typeof show>[0], text: string): void {
      show(points);
      setText(value, text);
    },
  };
}

function averages({ load, memory: { swapTotal, swapUsed } }: SystemEvent): string[] {
  return [
    ...(load === null ? [] : [`load ${load.map((one) => one.toFixed(2)).join(' ')}`]),
    ...(swapTotal === null || swapUsed === null || swapUsed === 0
      ? []
      : [`swap ${bytesText(swapUsed)} of ${bytesText(swapTotal)}`]),
  ];
}

function diskItem({ mount, total, free, readonly }: SystemDisk): HTMLElement {
  const [all, left] = [total ?? 0, free ?? 0];
  const used = Math.max(0, all - left);
  const bar = h('progress', {
    max: all,
    value: used,
    'aria-label': `${mount}: ${Math.round((100 * used) / all)}% used`,
  });
  setAttribute(bar, 'data-full', left < all / 20 && !readonly);
  return h(
    'li',
    {},
    h('span', { class: 'mono disk-mount' }, mount),
    bar,
    h('span', { class: 'disk-free' }, `${bytesText(left)} of ${bytesText(all)} free${readonly ? ', read-only' : ''}`),
  );
}

const coresText = (cores: number): string => (cores === 1 ? '1 core' : `${cores} cores`);
const sentenceStart = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
