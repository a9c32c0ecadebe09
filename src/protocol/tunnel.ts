/** The tunnel and the registration with a dashboard, as `GET /health` tells of them, and the request for a new code. */
import Type, { type Static } from 'typebox';

const LastError = Type.Optional(
  Type.String({ description: 'What is wrong with it, one sentence; absent when nothing is.' }),
);
const Seconds = (description: string) => Type.Optional(Type.Number({ description: `${description}, Unix seconds.` }));

const Tunnel = Type.Object(
  {
    state: Type.Enum(['off', 'preset', 'starting', 'open', 'waiting'], {
      description:
        '`off`: not requested. `preset`: opened by somebody else, who gave its address in `DEVPILOT_TUNNEL_URL`. `starting`: being opened. `open`: it is up. `waiting`: it will be tried again; `lastError` says why.',
    }),
    url: Type.Optional(Type.String({ description: 'Public address of this server, while the tunnel is open.' })),
    terminalUrl: Type.Optional(Type.String({ description: 'Public address of its sockets of terminals.' })),
    tokenExpiresAt: Seconds('When the token of the tunnel expires; it is renewed well before'),
    lastError: LastError,
  },
  { description: 'The devtunnel of this server, as `--tunnel` asks for it.' },
);
export type Tunnel = Static<typeof Tunnel>;

const REGISTRATION = {
  state: Type.Enum(['off', 'waiting', 'asking', 'unconfirmed', 'registered', 'failed', 'expired'], {
    description:
      '`off`: not requested. `waiting`: for the tunnel. `asking`: the dashboard is asked whether it knows this machine, and gets a code if not. `unconfirmed`: somebody has to enter `code` at `enterAt`. `registered`: the dashboard knows where this machine is. `failed`: `lastError` says why. `expired`: nobody has entered the code in time.',
  }),
  dashboard: Type.Optional(Type.String({ description: 'Address of the dashboard, as `--register` gives it.' })),
  code: Type.Optional(
    Type.String({
      description:
        'While `unconfirmed`, for a key with the scope `admin`: the code, such as `KQX-4821`. Whoever enters it gets this machine.',
    }),
  ),
  enterAt: Type.Optional(Type.String({ description: 'While `unconfirmed`: the page where the code is entered.' })),
  expiresAt: Seconds('While `unconfirmed`: when the code expires'),
  lastError: LastError,
};
const WORDS = 'The registration of this machine with a dashboard, as `--register` asks for it.';

export const Registration = Type.Object(REGISTRATION, { $id: 'Registration', description: WORDS });
export type Registration = Static<typeof Registration>;

/** The part of both in `GET /health`. */
export const TUNNEL_HEALTH = { tunnel: Tunnel, registration: Type.Object(REGISTRATION, { description: WORDS }) };
