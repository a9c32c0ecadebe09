/** Waiting, and no longer than somebody is interested. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', stop));
}

/** The browser has drawn what was changed; where nobody looks it draws nothing, and time passes instead. */
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
