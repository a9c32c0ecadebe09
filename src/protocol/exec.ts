import Type, { type Static } from 'typebox';

/** Longest timeout: what fits a 32-bit timer in milliseconds, about 24 days. */
export const LONGEST_TIMEOUT_SECONDS = 2_147_483;
export const DEFAULT_TIMEOUT_SECONDS = 300;

export const ExecRequest = Type.Object(
  {
    mode: Type.Optional(Type.Enum(['shell'], { default: 'shell', description: 'How the command is run.' })),
    command: Type.String({
      description: 'Command text for the platform’s shell: `/bin/sh -c` on POSIX, `%ComSpec% /d /s /c "…"` on Windows.',
      examples: ['echo hi'],
    }),
    workdir: Type.Optional(
      Type.String({ description: 'Working directory. Default, and for an empty text: the server’s own.' }),
    ),
    timeout: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: LONGEST_TIMEOUT_SECONDS,
        default: DEFAULT_TIMEOUT_SECONDS,
        description: 'Seconds the command may run. When over, its whole process tree is ended.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Environment variables, laid over the server’s environment. Names may not be empty or contain `=`.',
      }),
    ),
    background: Type.Optional(
      Type.Enum(['keep', 'end'], {
        default: 'keep',
        description:
          '`end`: when the shell ends, what it left in the background is ended too. `keep`: it goes on, as from any shell.',
      }),
    ),
  },
  { description: 'A command to run as a job.' },
);
export type ExecRequest = Static<typeof ExecRequest>;
