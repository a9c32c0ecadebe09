import type { Elysia } from 'elysia';
import { describe, refusal } from '../describe.ts';
import { json } from '../failures.ts';
import type { Tickets } from '../tickets.ts';

export function ticketRoutes(app: Elysia, tickets: Tickets): void {
  app.post(
    '/tickets',
    () => json({ ticket: tickets.issue() }),
    describe({
      operationId: 'issueTicket',
      summary: 'A ticket that opens one socket within 60 seconds.',
      description:
        'For browsers, whose WebSockets cannot send `X-API-Key`: `GET /terminal?ticket=…`. It is good for a socket only, and once. At most 1000 wait to be used; then the oldest are worth nothing any more.',
      tags: ['Terminals'],
      answers: {
        200: { description: 'The ticket.', schema: 'Ticket' },
        401: refusal('Wrong or missing key.'),
      },
    }),
  );
}
