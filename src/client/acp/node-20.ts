/** What Node 20 lacks of what the room of agents uses. */

/** May be called again. */
export function completeNode20(): void {
  // https://tc39.es/proposal-promise-with-resolvers, in Node from version 22 on.
  if ('withResolvers' in Promise) return;
  Object.defineProperty(Promise, 'withResolvers', { configurable: true, writable: true, value: withResolvers });
}

function withResolvers<T>(this: PromiseConstructor) {
  let resolve: ((value: T | PromiseLike<T>) => void) | undefined;
  let reject: ((reason?: unknown) => void) | undefined;
  const promise = new this<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
