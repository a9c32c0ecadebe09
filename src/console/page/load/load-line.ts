/** One quiet line below the list of jobs: how busy the machine is that they run on, and the way to what runs there. */
import { h, setText } from '../element.ts';
import { routeTo } from '../route.ts';
import type { LoadFeed } from './load-feed.ts';
import { loadText } from './load-text.ts';
import { sparkline } from './sparkline.ts';

export function loadLine(load: LoadFeed, signal: AbortSignal): HTMLElement {
  const graph = sparkline('CPU', 'cpu', false);
  const text = h('span', {});
  // Not a live region: it changes again and again, and nobody waits for it.
  const line = h('a', { class: 'machine-load', href: routeTo('machine'), hidden: true }, graph.element, text);
  load.watch(signal, (known) => {
    line.hidden = known === undefined;
    if (known === undefined) return;
    setText(text, loadText(known.now));
    graph.show(known.points);
  });
  return line;
}
