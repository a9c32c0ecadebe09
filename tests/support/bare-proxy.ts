/** A server that does nothing but pass requests on to one port, in this process: what it is told otherwise has no setting. */
import { LiveExchanges } from '../../src/http/live-exchanges.ts';
import { passOn } from '../../src/http/ports/proxy/pass-on.ts';
import { PortSlots } from '../../src/ports/slots.ts';

export function bareProxy(port: number, { answerSeconds = 30, limits = { all: 256, each: 64 } } = {}) {
  const slots = new PortSlots(limits);
  const live = new LiveExchanges();
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    development: false,
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      return passOn(
        { request, keyId: 'key', port, prefix: '', rest: pathname + search, headers },
        { slots, live, answerSeconds },
      );
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, slots, live, [Symbol.dispose]: () => void server.stop(true) };
}
