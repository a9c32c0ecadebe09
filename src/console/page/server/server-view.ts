/** The server itself: what it is, and its updates. */
import { h, setText } from '../element.ts';
import type { Context } from '../view.ts';
import { reachPanel } from './reach-panel.ts';
import { updateFeed } from './update-feed.ts';
import { updatePanel } from './update-panel.ts';

export function serverView(context: Context, signal: AbortSignal): HTMLElement {
  const feed = updateFeed(context, signal);
  const facts = {
    Version: h('dd', {}),
    Channel: h('dd', {}),
    Host: h('dd', {}),
    Folder: h('dd', { class: 'mono' }),
  };
  context.health.watch(signal, (known) => {
    setText(facts.Version, known?.version ?? '');
    setText(facts.Host, known?.hostname ?? '');
    setText(facts.Folder, known?.cwd ?? '');
  });
  feed.now.watch(signal, (update) => setText(facts.Channel, update?.channel ?? ''));
  return h(
    'div',
    { class: 'page' },
    h('h1', {}, 'Server'),
    h(
      'section',
      { class: 'panel', 'aria-label': 'About this server' },
      h(
        'dl',
        { class: 'server-facts' },
        ...Object.entries(facts).flatMap(([term, value]) => [h('dt', {}, term), value]),
      ),
    ),
    reachPanel(context, signal),
    updatePanel(context, feed, signal),
  );
}
