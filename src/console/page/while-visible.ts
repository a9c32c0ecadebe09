/** Follows something as long as the page is visible: a page that nobody looks at holds no connection. */
import { pause } from '../../client/pause.ts';
import type { Connection } from './connection.ts';
import { reportFailure } from './report-failure.ts';

const AGAIN_MS = 1000;

/**
 * `follow` begins when the page is visible, and again when it becomes so; a while after it has failed or resolved to
 * 'again', too. Its signal aborts when the page is hidden.
 */
export function whileVisible(
  connection: Connection,
  signal: AbortSignal,
  follow: (life: AbortSignal) => Promise<'again' | 'enough'>,
): void {
  let current: AbortController | undefined;
  const run = async (life: AbortSignal): Promise<void> => {
    while (!life.aborted) {
      try {
        if ((await follow(life)) === 'enough') return;
      } catch (error) {
        if (!life.aborted) reportFailure(connection, error);
      }
      await pause(AGAIN_MS, life);
    }
  };
  const begin = (): void => {
    if (current !== undefined || signal.aborted) return;
    current = new AbortController();
    void run(current.signal);
  };
  const end = (): void => {
    current?.abort();
    current = undefined;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? end() : begin()), { signal });
  signal.addEventListener('abort', end, { once: true });
  if (!document.hidden) begin();
}
