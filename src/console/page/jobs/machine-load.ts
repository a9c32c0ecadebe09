/** One quiet line below the list of jobs: how busy the machine is that they run on. */
import { h, setText } from '../element.ts';
import { poll } from '../polling.ts';
import type { Context } from '../view.ts';
import { loadText } from './load-text.ts';

const REFRESH_MS = 5000;

export function machineLoad({ client, connection }: Context, signal: AbortSignal): HTMLElement {
  // Not a live region: it changes again and again, and nobody waits for it.
  const line = h('p', { class: 'machine-load', hidden: true });
  poll(connection, signal, REFRESH_MS, async () => {
    setText(line, loadText(await client.system.get({ signal })));
    line.hidden = false;
  });
  return line;
}
