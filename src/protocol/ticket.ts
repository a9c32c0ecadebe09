/** Tickets, which stand for the key where a browser cannot send it. */
import Type, { type Static } from 'typebox';

export const Ticket = Type.Object(
  {
    ticket: Type.String({
      description: 'Stands for the key in `?ticket=` of one socket, within 60 seconds. Nothing else takes it.',
    }),
  },
  { $id: 'Ticket', description: 'A ticket for a browser, whose sockets cannot send headers.' },
);
export type Ticket = Static<typeof Ticket>;
