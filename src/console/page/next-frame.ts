/** Waits until the browser has drawn what was changed. */
import { pause } from '../../client/pause.ts';

/** A hidden page draws nothing: time passes instead. */
export const nextFrame = (signal: AbortSignal): Promise<void> =>
  document.hidden
    ? pause(100, signal)
    : new Promise((resolve) => {
        const timer = setTimeout(resolve, 250);
        requestAnimationFrame(() => {
          clearTimeout(timer);
          resolve();
        });
      });
