/** Tickets, which stand for the key where a browser cannot send it. */
import Type, { type Static } from 'typebox';

export const TicketRequest = Type.Object(
  {
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'For a browser that is to see this port of the machine. Default: the ticket is for a socket.',
      }),
    ),
  },
  { $id: 'TicketRequest', description: 'What the ticket is to open. No body at all: a socket.' },
);
export type TicketRequest = Static<typeof TicketRequest>;

export const Ticket = Type.Object(
  {
    ticket: Type.String({
      description: 'Stands for the key in `?ticket=` of one socket, within 60 seconds. Nothing else takes it.',
    }),
    url: Type.Optional(
      Type.String({
        description:
          'With `port`: the address that takes the ticket, to be opened in a browser once, within 60 seconds. It sets a cookie that is good for that port and 12 hours, or until the key ends, and leads to `/` of the port.',
        examples: ['http://p3000.localhost:8585/.agent-server/enter?ticket=…'],
      }),
    ),
  },
  {
    $id: 'Ticket',
    description: 'A ticket for a browser, which cannot send headers with a socket or from its address bar.',
  },
);
export type Ticket = Static<typeof Ticket>;
