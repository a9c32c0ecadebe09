/** `POST /exec`: the fields that every mode takes, and those of each. */
import Type, { type Static } from 'typebox';
import { ACP_FIELDS } from './acp-job.ts';
import { PROCESS_FIELDS } from './process-job.ts';
import { SESSION_FIELDS } from './session.ts';

/** Longest timeout: what fits a 32-bit timer in milliseconds, about 24 days. */
export const MAX_TIMEOUT_SECONDS = 2_147_483;
export const DEFAULT_TIMEOUT_SECONDS = 300;

export const ExecRequest = Type.Object(
  {
    mode: Type.Optional(
      Type.Enum(['shell', 'acp', 'persistent_shell', 'process'], {
        default: 'shell',
        description:
          '`shell`: in a new process of the platform’s shell. `persistent_shell`: in a named shell that keeps its state from command to command. `acp`: a prompt for an ACP agent, which is ended after its turn. `process`: a program with its arguments, without a shell.',
      }),
    ),
    command: Type.String({
      description:
        'Command text. Mode `shell`: for `/bin/sh -c` on POSIX, `%ComSpec% /d /s /c "…"` on Windows. Mode `persistent_shell`: for the shell of the session; for `cmd` it is a batch file (`for %%i in …`). Mode `process` has `argv` in its place.',
      examples: ['echo hi'],
    }),
    workdir: Type.Optional(
      Type.String({
        description:
          'Working directory. Default, and for an empty string: the server’s own. Mode `persistent_shell`: where a new session begins; it stays where its commands go.',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_TIMEOUT_SECONDS,
        default: DEFAULT_TIMEOUT_SECONDS,
        description:
          'Seconds the command may run. When over, its whole process tree is ended. Mode `process`: default 0, which is no limit; other modes take numbers above 0.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Environment variables, laid over the server’s environment. Names may not be empty or contain `=`. Mode `persistent_shell`: those of a new session. Mode `process` on POSIX: one whose name no shell can have, such as `a.b`, does not reach the program.',
      }),
    ),
    background: Type.Optional(
      Type.Enum(['keep', 'end'], {
        default: 'keep',
        description:
          '`end`: when the shell ends, what it left in the background is ended too. `keep`: it continues to run, as from any shell. Mode `persistent_shell` takes `keep` only.',
      }),
    ),
    ...PROCESS_FIELDS,
    ...SESSION_FIELDS,
    ...ACP_FIELDS,
  },
  { $id: 'ExecRequest', description: 'A command to run as a job.' },
);
export type ExecRequest = Static<typeof ExecRequest>;
