/** Shows one terminal. xterm.js is most of the page's script, so it is loaded when the first terminal is shown. */
import { h } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import type { TerminalViewOptions } from './terminal-view.ts';

export function terminalDetail(options: Omit<TerminalViewOptions, 'place'>): HTMLElement {
  const place = h('article', { class: 'terminal' });
  const show = async (): Promise<void> => {
    const { TerminalView } = await import('./terminal-view.ts');
    if (!options.signal.aborted) new TerminalView({ ...options, place }).begin();
  };
  show().catch((error: unknown) => reportFailure(options.context.connection, error));
  return place;
}
