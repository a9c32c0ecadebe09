/** Self-update: what it is doing, and what is asked of it. */
import Type, { type Static } from 'typebox';

export const UPDATE_STATES = [
  'unavailable',
  'idle',
  'checking',
  'scheduled',
  'downloading',
  'trying',
  'swapping',
  'trial',
] as const;

const State = Type.Enum([...UPDATE_STATES], {
  description:
    '`unavailable`: this server cannot be updated, and `lastError` says why. `scheduled`: waits until nothing is active. `trying`: the new executable tests itself. `swapping`: the server goes down in a moment. `trial`: this is a new version, which still has to prove itself.',
});
const Version = (description: string) => Type.String({ description });
const WaitingFor = Type.String({
  description: 'While `scheduled`: what is still active, such as `1 job and 2 terminals`.',
});
const LastError = Type.String({
  description: 'Why the last check or update ended without a new version, in one sentence; also when there is none.',
});
const Bad = Type.Array(
  Type.Object({
    version: Version('A version that was rolled back.'),
    why: Type.String({ description: 'What was wrong with it.' }),
  }),
  { description: 'Versions that failed here. They are not tried again.' },
);

export const UpdateResource = Type.Object(
  {
    version: Version('The running version.'),
    channel: Type.String({ description: 'The channel of releases that this executable follows, such as `stable`.' }),
    state: State,
    available: Type.Optional(Version('The newer version that the last check has found.')),
    download: Type.Optional(
      Type.Object(
        {
          receivedBytes: Type.Integer({ minimum: 0, description: 'Bytes received so far.' }),
          totalBytes: Type.Integer({ minimum: 0, description: 'Bytes of the whole executable.' }),
        },
        { description: 'While `downloading`: how far it is.' },
      ),
    ),
    waitingFor: Type.Optional(WaitingFor),
    lastCheckedAt: Type.Optional(
      Type.Number({ description: 'When the release server was last asked, Unix seconds; absent since the start.' }),
    ),
    upToDate: Type.Optional(
      Type.Literal(true, { description: 'The last check has found that nothing newer is released.' }),
    ),
    lastError: Type.Optional(LastError),
    bad: Bad,
    trial: Type.Optional(
      Type.Object(
        {
          version: Version('The version on trial, which is the running one.'),
          previous: Version('The version that is restored if it fails.'),
          startedAt: Type.Number({ description: 'When it was put in place, Unix seconds.' }),
        },
        { description: 'While in `trial`.' },
      ),
    ),
  },
  { $id: 'Update', description: 'What self-update is doing.' },
);
export type UpdateResource = Static<typeof UpdateResource>;

export const UpdateRequest = Type.Object(
  {
    when: Type.Optional(
      Type.Enum(['now', 'idle'], {
        default: 'now',
        description:
          '`now`: refused with 409 while anything is active. `idle`: waits until nothing is; work is taken until then.',
      }),
    ),
    check: Type.Optional(
      Type.Boolean({ default: false, description: 'Only checks for a newer version; `when` is ignored.' }),
    ),
  },
  { $id: 'UpdateRequest', description: 'May be missing, empty or `{}`.', examples: [{ when: 'idle' }] },
);
export type UpdateRequest = Static<typeof UpdateRequest>;

export const UpdateStarted = Type.Object(
  {
    status: Type.Enum(['updating', 'checked'], { description: '`checked` with `check`.' }),
    version: Version('The running version.'),
    message: Type.String({ description: 'What happens next, or what was found.' }),
  },
  { $id: 'UpdateStarted', description: 'An update has begun, or a check is done; `GET /update` tells the rest.' },
);
export type UpdateStarted = Static<typeof UpdateStarted>;

export const UpdateScheduled = Type.Object(
  { status: Type.Literal('scheduled') },
  { $id: 'UpdateScheduled', description: 'The update waits until nothing is active.' },
);

export const UpdateCancelled = Type.Object(
  { status: Type.Literal('idle') },
  { $id: 'UpdateCancelled', description: 'Nothing is scheduled or in progress.' },
);

/** Refusals of `POST /update` carry a number beside their sentence. */
export const UpdateRefused = Type.Object(
  {
    error: Type.String({ description: 'Why it is refused.' }),
    running_jobs: Type.Optional(Type.Integer({ minimum: 1, description: 'Jobs that wait or run.' })),
    terminal_sessions: Type.Optional(Type.Integer({ minimum: 1, description: 'Terminals that run.' })),
    persistent_sessions: Type.Optional(Type.Integer({ minimum: 1, description: 'Persistent shells.' })),
    agent_turns: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Agent sessions in which a turn runs or waits.' }),
    ),
    state: Type.Optional(State),
  },
  { $id: 'UpdateRefused', description: 'Something is active, or an update is in progress.' },
);
export type UpdateRefused = Static<typeof UpdateRefused>;

/** The part of self-update in `GET /health`. */
export const UPDATE_HEALTH = {
  update: Type.Object(
    {
      state: State,
      available: Type.Optional(Version('The newer version that the last check has found.')),
      waitingFor: Type.Optional(WaitingFor),
      lastError: Type.Optional(LastError),
      bad: Bad,
    },
    { description: 'Self-update in short; `GET /update` has more.' },
  ),
};
