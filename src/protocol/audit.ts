/** `GET /audit`: who did what to this server. */
import Type, { type Static } from 'typebox';

export const AuditEntry = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Number of the entry. It increases by one, and none is used twice.' }),
    time: Type.Number({ description: 'When the request was answered, in Unix seconds.' }),
    key: Type.Union([Type.String(), Type.Null()], {
      description: 'Id of the key, never the key; null where there was no valid one.',
    }),
    peer: Type.Union([Type.String(), Type.Null()], {
      description:
        'Address of the peer. Behind a tunnel or a proxy it is that of the tunnel or proxy, mostly 127.0.0.1: headers that a client can set are ignored.',
    }),
    method: Type.String({ description: 'Method of the request.' }),
    route: Type.Union([Type.String(), Type.Null()], {
      description: 'The route, such as `/jobs/{id}/cancel`; null where the path is not one of this server’s.',
    }),
    what: Type.Record(Type.String(), Type.String(), {
      description:
        'What the request was about, names and ids alone: the parameters of the path that have the shape of an id or were found, and the id of the job, terminal or session that it made. At most 200 characters each.',
    }),
    status: Type.Integer({
      description:
        'Status of the answer; 101 for a socket that was opened. 401 also for a socket that was opened only to be told that its key is wrong.',
    }),
    skipped: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Requests since the entry before this one that have no entry: too many without a valid key, or the disk could not be written for too long. Absent: none.',
      }),
    ),
  },
  { $id: 'AuditEntry', description: 'One request, and how it was answered.' },
);
export type AuditEntry = Static<typeof AuditEntry>;
