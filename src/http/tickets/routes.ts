/** `POST /tickets`: lets a page open a socket, and a browser a port, since neither can send a header then. */
import { Ticket, TicketRequest } from '../../protocol/ticket.ts';
import { callerOf, mayUse } from '../caller.ts';
import type { OwnOrigins } from '../own-origins.ts';
import { answer, refusal } from '../wire/answers.ts';
import { refusalResponse, wireRefusals } from '../wire/failures.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import type { Tickets } from './tickets.ts';

/** `origins`: those of the ports. Default: there are none here. */
export const ticketRoutes = (tickets: Tickets, origins?: Pick<OwnOrigins, 'entryTo'>) =>
  resource('tickets').post(
    '/tickets',
    ({ request, body: { port } }) => {
      const caller = callerOf(request);
      if (caller === undefined) return wireRefusals.refuse({ reason: 'key-invalid' });
      if (port === undefined) return { ticket: tickets.issue(caller) };
      if (!mayUse(caller, 'ports')) return refusalResponse({ reason: 'scope-missing', scope: 'ports' });
      const entry = origins?.entryTo(port, caller, request) ?? refusalResponse({ reason: 'not-found' });
      if (entry instanceof Response) return entry;
      const ticket = tickets.issue(caller, entry.use);
      return { ticket, url: entry.address(ticket) };
    },
    {
      access: ['observe', 'ports'],
      // Earlier clients send no body, or say nothing of its type.
      ...jsonBody(TicketRequest, { contentType: 'optional' }),
      response: {
        200: answer('The ticket.', Ticket),
        400: refusal('The body is not valid.'),
        401: refusal('Wrong or missing key.'),
        403: refusal(
          'The key has neither of the scopes; with `port`, it lacks the scope `ports` or may not reach that port, or the port is one of this server’s own.',
        ),
        409: refusal(
          'With `port`: there is no name under which a browser could reach it, since the server was asked under one that is not loopback’s, and has no `--ports-host`.',
        ),
      },
      detail: {
        operationId: 'issueTicket',
        summary:
          'A ticket that opens one socket, or a port in a browser, within 60 seconds, with the scopes of the key that asks.',
        description:
          'For browsers, whose WebSockets cannot send `X-API-Key`: `GET /terminal?ticket=…`. It opens one socket, once. With `port` (needs the scope `ports`) the answer has the address of that port on an origin of its own, `p3000.localhost` or `p3000.` before the name of `--ports-host`, which lets one browser in, once. At most 1000 unused tickets are valid; beyond that the oldest is no longer valid.',
        tags: ['Terminals', 'Ports'],
      },
    },
  );
