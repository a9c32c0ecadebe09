/** Ports of the machine on the wire. */
import Type, { type Static } from 'typebox';

export const ListeningPort = Type.Object(
  {
    port: Type.Integer({ description: 'Its number, 1 to 65535.' }),
    address: Type.String({
      description: 'Where it listens: `127.0.0.1` and `::1` are this machine alone, `0.0.0.0` and `::` every address.',
      examples: ['127.0.0.1'],
    }),
    family: Type.Enum(['ipv4', 'ipv6'], { description: 'Of the address.' }),
    protocol: Type.Literal('tcp', { description: 'The only one that is listed.' }),
    pid: Type.Union([Type.Integer(), Type.Null()], {
      description:
        'Process that listens; null: it belongs to another user. Where several share the socket, on Linux and macOS the one with the lowest id.',
    }),
    command: Type.Union([Type.String(), Type.Null()], {
      description:
        'Its command line, at most 4096 characters; on Windows the path of its program. Null: it belongs to another user.',
    }),
    user: Type.Union([Type.String(), Type.Null()], {
      description: 'Whose it is: a name, or a number where the machine has no name for it. Null: not known.',
    }),
    jobId: Type.Optional(Type.String({ description: 'The job that started it.' })),
    terminalId: Type.Optional(Type.String({ description: 'The terminal that it was started in.' })),
    http: Type.Optional(
      Type.Boolean({
        description:
          'Whether it answers HTTP on the loopback address. Only with `http=1`, and not of ports of the server itself, which are not asked.',
      }),
    ),
    since: Type.Number({
      description:
        'When this server saw it first, Unix seconds with milliseconds: it looks when `GET /ports` is asked, and each second while somebody follows.',
    }),
  },
  { $id: 'ListeningPort', description: 'A TCP socket that listens.' },
);
export type ListeningPort = Static<typeof ListeningPort>;

export const PortList = Type.Object(
  { items: Type.Array(ListeningPort, { description: 'One per socket, by port.' }) },
  { $id: 'PortList' },
);
export type PortList = Static<typeof PortList>;
