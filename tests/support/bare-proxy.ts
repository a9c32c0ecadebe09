/** A server that does nothing but pass requests on to one port, in this process: what it is told otherwise has no setting. */
import { systemClock } from '../../src/core/clock.ts';
import { LeavingClients } from '../../src/http/leaving-clients.ts';
import { LiveExchanges } from '../../src/http/live-exchanges.ts';
import { passOn } from '../../src/http/ports/proxy/pass-on.ts';
import { requestFields } from '../../src/http/ports/proxy/request-fields.ts';
import { PortHttp } from '../../src/ports/http/client.ts';
import { PortSlots } from '../../src/ports/slots.ts';

export function bareProxy(port: number, { answerSeconds = 30, limits = { all: 256, each: 64 } } = {}) {
  const slots = new PortSlots(limits);
  const live = new LiveExchanges();
  const leaving = new LeavingClients(systemClock);
  const http = new PortHttp({ answerSeconds, clock: systemClock });
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    development: false,
    fetch: (request) => {
      const { pathname, search } = new URL(request.url);
      const { headers } = request;
      const about = { headers, port, prefix: '', ownAuthorization: false, peer: undefined, keepHost: false };
      return passOn(
        { request, keyId: 'key', port, prefix: '', rest: pathname + search, fields: requestFields(about) },
        { http, slots, live, leaving },
      );
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    slots,
    live,
    [Symbol.dispose]() {
      http[Symbol.dispose]();
      void server.stop(true);
    },
  };
}
