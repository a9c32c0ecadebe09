/** What a list shows before it was loaded for the first time: that it is on its way, or why it is not. */
import type { Connection } from './connection.ts';
import { h, setChildren } from './element.ts';

/** Returns the function that says that it is there. */
export function untilLoaded(place: HTMLElement, connection: Connection, signal: AbortSignal): () => void {
  const waiting = new AbortController();
  connection.state.watch(AbortSignal.any([signal, waiting.signal]), ({ at }) => {
    const text = at === 'away' ? 'The list appears when the server answers.' : 'Loading…';
    setChildren(place, h('p', { class: 'not-loaded' }, text));
  });
  return () => {
    if (waiting.signal.aborted) return;
    waiting.abort();
    setChildren(place);
  };
}
