/** `GET /system` and `GET /system/events`: the machine that the server runs on. */
import Type, { type Static } from 'typebox';

const Bytes = (description: string) => Type.Integer({ minimum: 0, description });
const Unknown = Type.Null();
const Seconds = (description: string) => Type.Number({ description });
const Percent = (description: string) => Type.Number({ minimum: 0, maximum: 100, description });

export const SystemDisk = Type.Object(
  {
    mount: Type.String({ description: 'Where its files are: a folder, on Windows a drive such as `C:\\`.' }),
    fileSystem: Type.Union([Type.String(), Unknown], { description: 'Such as `ext4`; null when unknown.' }),
    total: Type.Union([Type.Integer({ minimum: 0 }), Unknown], {
      description:
        'Bytes; null for one of a network, which is not asked, and for one that does not answer in a second.',
    }),
    free: Type.Union([Type.Integer({ minimum: 0 }), Unknown], {
      description: 'Bytes that an ordinary user may still write; null as `total`.',
    }),
    readonly: Type.Boolean({ description: 'Whether it is mounted without writing.' }),
    removable: Type.Boolean({ description: 'Whether it can be taken out, such as a USB stick.' }),
  },
  { $id: 'SystemDisk', description: 'A disk, or a share of a network.' },
);
export type SystemDisk = Static<typeof SystemDisk>;

export const SystemMemory = Type.Object(
  {
    total: Bytes('Bytes of memory.'),
    available: Bytes('Bytes that programs can still have without swapping.'),
    used: Bytes('Bytes in use: `total` less `available`.'),
    swapTotal: Type.Union([Type.Integer({ minimum: 0 }), Unknown], {
      description: 'Bytes of swap space or page files; null when unknown.',
    }),
    swapUsed: Type.Union([Type.Integer({ minimum: 0 }), Unknown], {
      description: 'Bytes of it in use; null likewise.',
    }),
  },
  { description: 'The memory of the machine.' },
);
export type SystemMemory = Static<typeof SystemMemory>;

const USAGE = {
  usage: Percent('Percent of all processors together that was in use.'),
  perCore: Type.Array(Type.Number({ minimum: 0, maximum: 100 }), { description: 'The same of each processor.' }),
};
const Load = Type.Union([Type.Array(Type.Number(), { minItems: 3, maxItems: 3 }), Unknown], {
  description: 'Programs that wanted a processor, on average over 1, 5 and 15 minutes; null on Windows.',
});

export const System = Type.Object(
  {
    hostname: Type.String({ description: 'Name of the machine.' }),
    os: Type.Object(
      {
        name: Type.String({ description: 'Such as `Debian GNU/Linux`.' }),
        version: Type.Union([Type.String(), Unknown], { description: 'Such as `13`; null when unknown.' }),
        kernel: Type.String({ description: 'Version of the kernel.' }),
        arch: Type.String({ description: 'Of the server: `x64` or `arm64`.' }),
        build: Type.Union([Type.String(), Unknown], {
          description: 'Build of the system, where it has one; else null.',
        }),
      },
      { description: 'The operating system.' },
    ),
    uptime: Seconds('Seconds since the machine started.'),
    bootedAt: Seconds('When it started, Unix seconds.'),
    user: Type.Object(
      {
        name: Type.String({ description: 'The user that the server, and every command, runs as.' }),
        home: Type.String({ description: 'Home folder of that user.' }),
        admin: Type.Boolean({ description: 'Whether that is root, or on Windows an administrator.' }),
      },
      { description: 'Who the server is on this machine.' },
    ),
    sessions: Type.Array(
      Type.Object({
        user: Type.String({ description: 'Who is logged in.' }),
        kind: Type.Enum(['console', 'rdp', 'ssh'], { description: 'How: at the machine itself, or from elsewhere.' }),
        since: Type.Union([Type.Number(), Unknown], {
          description: 'When that began, Unix seconds; null when unknown.',
        }),
        idle: Type.Union([Type.Number({ minimum: 0 }), Unknown], {
          description: 'Seconds since the last key; null when unknown.',
        }),
      }),
      { description: 'Who is logged in. On macOS empty: nobody looks.' },
    ),
    cpu: Type.Object(
      {
        model: Type.String({ description: 'Name of the processor; empty when unknown.' }),
        cores: Type.Integer({ minimum: 0, description: 'Processors, as the system counts them.' }),
        ...USAGE,
        load: Load,
      },
      { description: 'The processors; usage is over the quarter of a second before the answer.' },
    ),
    memory: SystemMemory,
    disks: Type.Array(SystemDisk, { description: 'Disks and shares of a network, shorter paths first.' }),
    gpus: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String({ description: 'As its driver names it.' }),
          memory: Type.Union([Type.Integer({ minimum: 0 }), Unknown], {
            description: 'Bytes of its own memory; null when unknown.',
          }),
        }),
        { description: 'Graphics processors, on Linux; absent where none is found.' },
      ),
    ),
    limits: Type.Object(
      {
        cpu: Type.Optional(Type.Number({ description: 'Processors, such as 1.5.' })),
        memory: Type.Optional(Bytes('Bytes.')),
      },
      {
        description:
          'What a container or service with this server in it may have (Linux cgroups); empty without limits.',
      },
    ),
    server: Type.Object(
      {
        version: Type.String({ description: 'Version of the running server.' }),
        pid: Type.Integer({ description: 'Its process.' }),
        memory: Bytes('Bytes of memory that it occupies.'),
        uptime: Seconds('Seconds since it started.'),
      },
      { description: 'The server itself.' },
    ),
    time: Seconds('What the clock of the machine says, Unix seconds.'),
    timezone: Type.String({ description: 'Such as `Europe/Berlin`.' }),
    locale: Type.String({ description: 'Such as `en-US`.' }),
    shells: Type.Array(Type.String(), { description: 'Names of the shells that persistent sessions can have.' }),
    tools: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Unknown]), {
        description: 'With `tools=1`: versions of tools for programmers; null for one that is not there.',
      }),
    ),
  },
  { $id: 'System', description: 'The machine that the server runs on.' },
);
export type System = Static<typeof System>;

export const SystemEvent = Type.Object(
  {
    cpu: Type.Object(USAGE, {
      description: 'Over the time since the event before; of the first, a quarter of a second.',
    }),
    memory: SystemMemory,
    load: Load,
    disks: Type.Array(SystemDisk, { description: 'As in `GET /system`.' }),
    jobs: Type.Integer({ minimum: 0, description: 'Jobs that wait or run, of every mode.' }),
    terminals: Type.Integer({ minimum: 0, description: 'Terminals whose program runs.' }),
  },
  { $id: 'SystemEvent', description: 'How busy the machine is.' },
);
export type SystemEvent = Static<typeof SystemEvent>;
