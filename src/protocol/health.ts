/** `GET /health`: what the server says of itself; each room adds its own fields. */
import Type, { type Static } from 'typebox';
import { AGENT_HEALTH } from './agents.ts';
import { JOB_HEALTH } from './job.ts';
import { SESSION_HEALTH } from './session.ts';
import { TERMINAL_HEALTH } from './terminal.ts';
import { TUNNEL_HEALTH } from './tunnel.ts';
import { UPDATE_HEALTH } from './update.ts';

export const HealthBrief = Type.Object(
  { status: Type.Literal('ok'), authenticated: Type.Literal(false) },
  { $id: 'HealthBrief', description: 'The answer to a caller without the key.' },
);

export const Activity = Type.Object(
  {
    kind: Type.String({ description: 'What it is, in the plural, such as `jobs`.' }),
    where: Type.Optional(
      Type.String({ description: 'Where, such as `in persistent shells`; absent when there is nothing to add.' }),
    ),
    ending: Type.Integer({ minimum: 0, description: 'How many a stop of the server would end.' }),
    surviving: Type.Integer({
      minimum: 0,
      description: 'How many would keep running without it, to be taken over by the next start.',
    }),
  },
  { $id: 'Activity', description: 'One kind of work that is going on.' },
);
export type Activity = Static<typeof Activity>;

export const Health = Type.Object(
  {
    status: Type.Literal('ok'),
    version: Type.String({ description: 'Version of the running server.' }),
    hostname: Type.String({ description: 'Name of this machine.' }),
    cwd: Type.String({ description: 'Working directory of commands that name none.' }),
    authenticated: Type.Literal(true),
    scopes: Type.Array(Type.String(), { description: 'What the key of this request may do; `admin` is everything.' }),
    uptime_seconds: Type.Number({ minimum: 0, description: 'Seconds since this server started.' }),
    activity: Type.Array(Activity, {
      description: 'What is active now, by kind; a kind with nothing active is left out.',
    }),
    disk: Type.Object(
      {
        free_bytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description: 'Bytes free where jobs are kept; null when unknown.',
        }),
        full: Type.Boolean({ description: 'True below 1 MiB: jobs cannot write their output.' }),
      },
      { description: 'The disk that holds the data folder.' },
    ),
    ...AGENT_HEALTH,
    ...JOB_HEALTH,
    ...SESSION_HEALTH,
    ...TERMINAL_HEALTH,
    ...TUNNEL_HEALTH,
    ...UPDATE_HEALTH,
    problems: Type.Array(Type.String(), {
      description: 'What is wrong with this server right now; empty when nothing is.',
    }),
  },
  { $id: 'Health', description: 'The answer to a caller with the key.' },
);
export type Health = Static<typeof Health>;
