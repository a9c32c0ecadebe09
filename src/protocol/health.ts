import Type, { type Static } from 'typebox';

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
      description: 'How many would continue without it, to be taken up by the next start.',
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
    jobs: Type.Integer({ minimum: 0, description: 'Jobs kept, whatever their state.' }),
    cwd: Type.String({ description: 'Working directory of commands that name none.' }),
    authenticated: Type.Literal(true),
    terminal_supported: Type.Boolean({ description: 'Whether this server has terminals.' }),
    terminal_sessions: Type.Integer({ minimum: 0, description: 'Terminals open now.' }),
    acp_supported: Type.Boolean({ description: 'Whether this server drives ACP agents.' }),
    execution_modes: Type.Array(Type.String(), {
      description: 'Values of `mode` that `POST /exec` takes.',
    }),
    persistent_shell_supported: Type.Boolean({
      description: 'Whether this machine has a PowerShell for persistent shells; `shells` tells of all shells.',
    }),
    persistent_shell_shells: Type.Object(
      {
        pwsh: Type.Boolean({ description: 'Whether PowerShell 7 is there.' }),
        powershell: Type.Boolean({ description: 'Whether Windows PowerShell is there.' }),
      },
      { description: 'Which of the two PowerShells are on this machine.' },
    ),
    shells: Type.Record(Type.String(), Type.Boolean(), {
      description: 'Every shell that persistent shells know, and whether it is on this machine.',
    }),
    persistent_shell_default_shell: Type.Union([Type.String(), Type.Null()], {
      description: 'The PowerShell to ask for; null when there is none.',
    }),
    persistent_shell_sessions: Type.Integer({ minimum: 0, description: 'Named shells kept now.' }),
    persistent_shell_max_sessions: Type.Integer({ minimum: 0, description: 'Named shells that may be kept at once.' }),
    persistent_shell_idle_timeout_seconds: Type.Number({
      minimum: 0,
      description: 'Seconds until an unused named shell is ended; 0: never.',
    }),
    jobs_active: Type.Integer({ minimum: 0, description: 'Jobs that wait or run.' }),
    uptime_seconds: Type.Number({ minimum: 0, description: 'Seconds since this server started.' }),
    activity: Type.Array(Activity, {
      description: 'What is active now, by kind; a kind of which there is nothing is left out.',
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
    problems: Type.Array(Type.String(), {
      description: 'What is wrong with this server right now; empty when nothing is.',
    }),
  },
  { $id: 'Health', description: 'The answer to a caller with the key.' },
);
export type Health = Static<typeof Health>;
