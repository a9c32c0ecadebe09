/** `GET /ports` and `GET /ports/events`: on which ports of the machine something listens. */
import { isWithin } from '../../ports/allowed.ts';
import type { PortList } from '../../ports/listing.ts';
import type { PortWatch } from '../../ports/watch.ts';
import { ListeningPort, PortList as PortListShape } from '../../protocol/ports.ts';
import { callerOf } from '../caller.ts';
import { answer, eventStream as events } from '../wire/answers.ts';
import { eventStream } from '../wire/event-stream.ts';
import { resource } from '../wire/routes.ts';
import { portView } from './view.ts';

/** A key that is restricted to some ports sees those alone. */
const visibleTo = (request: Request) => {
  const restriction = callerOf(request)?.ports;
  return (port: number) => isWithin(port, restriction);
};

export const portRoutes = (list: PortList, watch: PortWatch) =>
  resource('ports')
    .get(
      '/ports',
      async ({ request }) => {
        const sees = visibleTo(request);
        const found = await list.look();
        return { items: found.filter(({ port }) => sees(port)).map(portView) };
      },
      {
        access: 'observe',
        response: { 200: answer('The sockets.', PortListShape) },
        detail: {
          operationId: 'listPorts',
          summary: 'TCP sockets of the machine that listen, by port.',
          description:
            'Nothing is opened by being listed, and nothing connects to a port to look at it. A key that is restricted to some ports sees those alone.',
          tags: ['Ports'],
        },
      },
    )
    .get(
      '/ports/events',
      async ({ request }) => {
        const source = await watch.follow(visibleTo(request));
        return eventStream({
          source,
          after: 0,
          render: ({ type, port }) => ({ event: type, data: portView(port) }),
          signal: request.signal,
        });
      },
      {
        access: 'observe',
        response: { 200: events('The events; `data` is a ListeningPort.', [ListeningPort]) },
        detail: {
          operationId: 'followPorts',
          summary: 'The same as Server-Sent Events: `open` and `close`.',
          description:
            'It begins with an `open` for each socket that listens now, also for a reader that reconnects, which begins with an empty list again. The machine is looked at each second while somebody follows; what listens for less than that may be missed.',
          tags: ['Ports'],
        },
      },
    );
