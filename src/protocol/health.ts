import Type, { type Static } from 'typebox';

export const HealthBrief = Type.Object(
  { status: Type.Literal('ok'), authenticated: Type.Literal(false) },
  { description: 'The answer to a caller without the key.' },
);

export const Health = Type.Object(
  {
    status: Type.Literal('ok'),
    version: Type.String({ description: 'Version of the running server.' }),
    hostname: Type.String({ description: 'Name of this machine.' }),
    jobs: Type.Integer({ minimum: 0, description: 'Jobs kept, whatever their state.' }),
    cwd: Type.String({ description: 'Working directory of commands that name none.' }),
    authenticated: Type.Literal(true),
    terminal_supported: Type.Boolean({ description: 'Whether this server has terminals.' }),
    terminal_sessions: Type.Integer({ minimum: 0, description: 'Terminals open now.' }),
    acp_supported: Type.Boolean({ description: 'Whether this server drives ACP agents.' }),
    execution_modes: Type.Array(Type.Enum(['shell', 'acp', 'persistent_shell']), {
      description: 'Values of `mode` that `POST /exec` takes.',
    }),
    persistent_shell_supported: Type.Boolean({ description: 'Whether this server keeps named shells.' }),
    persistent_shell_shells: Type.Object(
      {
        pwsh: Type.Boolean({ description: 'PowerShell 7 is on this machine.' }),
        powershell: Type.Boolean({ description: 'Windows PowerShell is on this machine.' }),
      },
      { description: 'Which shells can be kept.' },
    ),
    persistent_shell_default_shell: Type.Union([Type.String(), Type.Null()], {
      description: 'The shell to ask for; null when there is none.',
    }),
    persistent_shell_sessions: Type.Integer({ minimum: 0, description: 'Named shells kept now.' }),
    persistent_shell_max_sessions: Type.Integer({ minimum: 0, description: 'Named shells that may be kept at once.' }),
    persistent_shell_idle_timeout_seconds: Type.Number({
      minimum: 0,
      description: 'Seconds until an unused named shell is ended; 0: never.',
    }),
    jobs_active: Type.Integer({ minimum: 0, description: 'Jobs that wait or run.' }),
    uptime_seconds: Type.Number({ minimum: 0, description: 'Seconds since this server started.' }),
    disk: Type.Object(
      {
        free_bytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description: 'Bytes free where jobs are kept; null when unknown.',
        }),
        full: Type.Boolean({ description: 'True below 1 MiB: jobs cannot write their output.' }),
      },
      { description: 'The disk that holds the data folder.' },
    ),
    problems: Type.Array(Type.String(), {
      description: 'What is wrong with this server right now; empty when nothing is.',
    }),
  },
  { description: 'The answer to a caller with the key.' },
);
export type Health = Static<typeof Health>;
