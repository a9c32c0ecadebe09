/** `GET /ports` and `GET /ports/events`: on which ports of the machine something listens. */
import Type from 'typebox';
import { isWithin, type AllowedPorts } from '../../ports/allowed.ts';
import { portsWithHttp } from '../../ports/http-probe.ts';
import type { PortList } from '../../ports/listing.ts';
import type { PortWatch } from '../../ports/watch.ts';
import { ListeningPort, PortList as PortListShape, type PortList as PortListBody } from '../../protocol/ports.ts';
import { callerOf, mayUse } from '../caller.ts';
import { answer, eventStream as events, PARAMETER_INVALID, refusal } from '../wire/answers.ts';
import { eventStream } from '../wire/event-stream.ts';
import { refusalResponse } from '../wire/failures.ts';
import { exactQuery } from '../wire/query.ts';
import { json } from '../wire/json.ts';
import { resource } from '../wire/routes.ts';
import { portView } from './view.ts';

/** A key that is restricted to some ports sees those alone. */
const visibleTo = (request: Request) => {
  const restriction = callerOf(request)?.ports;
  return (port: number) => isWithin(port, restriction);
};

export const portRoutes = (list: PortList, watch: PortWatch, allowed: AllowedPorts) =>
  resource('ports')
    .get(
      '/ports',
      async ({ request, query: { http } }) => {
        const caller = callerOf(request);
        const withHttp = http === '1';
        // It reaches them.
        if (withHttp && (caller === undefined || !mayUse(caller, 'ports')))
          return refusalResponse({ reason: 'scope-missing', scope: 'ports' });
        const sees = visibleTo(request);
        const found = (await list.look()).filter(({ port }) => sees(port));
        const asked = withHttp ? found.filter(({ port }) => !allowed.isOwn(port)) : [];
        const speaking = await portsWithHttp(asked.map(({ port }) => port));
        const items = found.map((one) => portView(one, asked.includes(one) ? speaking.has(one.port) : undefined));
        return json({ items } satisfies PortListBody);
      },
      {
        access: 'observe',
        // Each port may take a second.
        slow: true,
        ...exactQuery(
          Type.Object({
            http: Type.Optional(
              Type.Enum(['0', '1'], {
                default: '0',
                description:
                  '`1`: also whether each speaks HTTP. Each is connected to and asked `OPTIONS *` for it, and has a second to answer; that takes the scope `ports`, too.',
              }),
            ),
          }),
        ),
        response: {
          200: answer('The sockets.', PortListShape),
          400: PARAMETER_INVALID,
          403: refusal('`http=1` with a key that does not have the scope `ports`.'),
        },
        detail: {
          operationId: 'listPorts',
          summary: 'TCP sockets of the machine that listen, by port.',
          description:
            'Nothing is opened by being listed, and nothing connects to a port to look at it, unless `http=1` asks for that. A key that is restricted to some ports sees those alone.',
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
          method: request.method,
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
