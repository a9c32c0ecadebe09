/** `POST /tickets`: lets a page open a socket, since a browser cannot send a header with one. */
import { Ticket } from '../../protocol/ticket.ts';
import { callerOf } from '../caller.ts';
import { answer, refusal } from '../wire/answers.ts';
import { wireRefusals } from '../wire/failures.ts';
import { resource } from '../wire/routes.ts';
import type { Tickets } from './tickets.ts';

export const ticketRoutes = (tickets: Tickets) =>
  resource('tickets').post(
    '/tickets',
    ({ request }) => {
      const caller = callerOf(request);
      return caller === undefined ? wireRefusals.refuse({ reason: 'key-invalid' }) : { ticket: tickets.issue(caller) };
    },
    {
      // Whatever a key may do, it may do by a ticket: with these two scopes there are sockets to open.
      access: ['observe', 'ports'],
      parse: 'none',
      response: { 200: answer('The ticket.', Ticket), 401: refusal('Wrong or missing key.') },
      detail: {
        operationId: 'issueTicket',
        summary: 'A ticket that opens one socket within 60 seconds, with the scopes of the key that asks.',
        description:
          'For browsers, whose WebSockets cannot send `X-API-Key`: `GET /terminal?ticket=…`. It opens one socket, once. At most 1000 unused tickets are valid; beyond that the oldest is no longer valid.',
        tags: ['Terminals'],
      },
    },
  );
