/** Repeats a request as long as the page is visible. */
import type { Connection } from './connection.ts';
import { sentence, showNotice } from './notice.ts';

/** Returns a function that asks at once. Failures that the connection explains are shown there. */
export function poll(
  connection: Connection,
  signal: AbortSignal,
  everyMs: number,
  ask: (signal: AbortSignal) => Promise<void>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let again = false;
  const round = async (): Promise<void> => {
    clearTimeout(timer);
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    try {
      await ask(signal);
    } catch (error) {
      if (!signal.aborted && !connection.explains(error)) showNotice(sentence(String(error)));
    }
    asking = false;
    if (signal.aborted) return;
    // A hidden page asks for nothing; it asks at once when it becomes visible.
    if (again) void round();
    else if (!document.hidden) timer = setTimeout(() => void round(), everyMs);
  };
  const lookedAt = (): void => (document.hidden ? clearTimeout(timer) : void round());
  document.addEventListener('visibilitychange', lookedAt, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  void round();
  return () => void round();
}
