/** Processes of the machine on the wire. */
import Type, { type Static, type TSchema } from 'typebox';

const orNull = <Known extends TSchema>(type: Known, description: string) =>
  Type.Union([type, Type.Null()], { description });

const FIELDS = {
  pid: Type.Integer({ description: 'Its number, which may be given to another process after its end.' }),
  ppid: Type.Integer({ description: 'That of its parent; 0: none, or none that can be seen.' }),
  name: Type.String({ description: 'Of its program, without a path; on Linux at most 15 bytes.' }),
  command: orNull(
    Type.String(),
    'Its command line, at most 4096 characters; on Windows the path of its program where that is all that is told. Null: not told, since it is another user’s.',
  ),
  args: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Its arguments one by one, the program first. Absent where they are not told, or have more than 64 KiB.',
    }),
  ),
  user: orNull(Type.String(), 'Whose it is: a name, or a number where the machine has no name for it. Null: not told.'),
  startedAt: Type.Number({ description: 'When it was started, Unix seconds with milliseconds.' }),
  startTime: Type.String({
    description: 'Its mark: with `pid` it names the process for good. Compare it for equality only.',
  }),
  cpu: orNull(
    Type.Number(),
    '% of one core over the last second, or the half second that the first who asks waits; null: not told.',
  ),
  memory: orNull(Type.Integer(), 'Bytes resident in memory; null: not told.'),
  status: Type.Enum(['running', 'sleeping', 'waiting', 'stopped', 'idle', 'ended', 'unknown'], {
    description:
      '`waiting`: for a disk or its like, cannot be interrupted. `stopped`: by a signal or a debugger. `idle`: a thread of the kernel without work. `ended`: its parent has not noticed yet, or it was a job’s.',
  }),
  threads: orNull(Type.Integer(), 'How many it has; null: not told.'),
  pgid: Type.Optional(Type.Integer({ description: 'POSIX: its process group.' })),
  sid: Type.Optional(Type.Integer({ description: 'Linux: its session.' })),
  cwd: Type.Optional(Type.String({ description: 'Linux: its working directory, where that can be seen.' })),
  exitCode: Type.Optional(
    Type.Integer({ description: '`GET /processes/{pid}` of one that has ended and was a job’s: the exit code.' }),
  ),
  jobId: Type.Optional(Type.String({ description: 'The job that started it, or something that did.' })),
  ports: Type.Optional(
    Type.Array(Type.Integer(), { description: 'TCP ports on which it listens; absent where there are none.' }),
  ),
};

export const ProcessResource = Type.Object(FIELDS, {
  $id: 'ProcessResource',
  description: 'A process of the machine. Environments are never told: they hold secrets.',
});
export type ProcessResource = Static<typeof ProcessResource>;

export const ProcessList = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        ...FIELDS,
        children: Type.Optional(
          Type.Array(Type.Unknown(), {
            description: 'With `tree=1`: processes that it started, likewise. Absent where there are none.',
          }),
        ),
      }),
      { description: 'With `tree=1` those whose parents are not among them.' },
    ),
    total: Type.Integer({ minimum: 0, description: 'How many there are, also beyond `limit`.' }),
  },
  { $id: 'ProcessList' },
);
/** What `children` are, process-tree.ts says. */
export type ProcessList = Static<typeof ProcessList>;

export const ProcessSignalRequest = Type.Object(
  {
    signal: Type.String({
      description:
        'Name of the signal, as of `POST /jobs/{id}/signal`: on Windows `SIGINT` (a Ctrl-Break to the process group that it leads), `SIGTERM` and `SIGKILL` (both end it).',
    }),
    startTime: Type.Optional(
      Type.String({
        description: 'The mark of the process that is meant, as its record has it. Required: 428 without.',
      }),
    ),
  },
  {
    $id: 'ProcessSignalRequest',
    description: 'A signal for a process.',
    examples: [{ signal: 'SIGTERM', startTime: '6444959@3003e730-2173-41a6-b4af-2eb736d43c1f' }],
  },
);
export type ProcessSignalRequest = Static<typeof ProcessSignalRequest>;
