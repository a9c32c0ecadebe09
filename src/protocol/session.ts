/** Persistent shells on the wire. */
import Type, { type Static } from 'typebox';

export const SessionResource = Type.Object(
  {
    sessionKey: Type.String({ description: 'The name of the session.' }),
    shell: Type.String({ description: 'Which shell it is, such as `pwsh` or `bash`.' }),
    status: Type.Enum(['running', 'idle', 'stopped'], {
      description:
        '`running`: a command runs. `idle`: the shell waits for one. `stopped`: there is no process; the next command starts one, with seed and bootstrap.',
    }),
    createdAt: Type.Number({ description: 'When the session was made. Unix seconds with milliseconds.' }),
    lastUsedAt: Type.Number({
      description: 'When a command was last submitted or ended. Unix seconds with milliseconds.',
    }),
    lastOutputAt: Type.Union([Type.Number(), Type.Null()], {
      description: 'When its newest command last printed something, Unix seconds; null when it has printed nothing.',
    }),
    processAlive: Type.Boolean({ description: 'Whether the shell’s process runs.' }),
    activeCommand: Type.Boolean({ description: 'Whether a command runs or waits for its turn.' }),
  },
  { $id: 'SessionResource', description: 'A named shell that keeps its state from command to command.' },
);
export type SessionResource = Static<typeof SessionResource>;

export const SessionDeleted = Type.Object(
  {
    deleted: Type.Literal(true, { description: 'The shell and all it started have ended.' }),
    sessionKey: Type.String({ description: 'The name that is free again.' }),
  },
  { $id: 'SessionDeleted' },
);
export type SessionDeleted = Static<typeof SessionDeleted>;

/** Fields of a job that only mode `persistent_shell` has. */
export const SESSION_JOB_FIELDS = {
  sessionKey: Type.Optional(Type.String({ description: 'Mode `persistent_shell`: the session it runs in.' })),
  shell: Type.Optional(Type.String({ description: 'Mode `persistent_shell`: which shell that is, such as `bash`.' })),
};

/** Fields of `GET /health` about persistent shells. */
export const SESSION_HEALTH = {
  persistent_shell_supported: Type.Boolean({
    description: 'Whether this machine has a PowerShell for persistent shells; `shells` lists all shells.',
  }),
  persistent_shell_shells: Type.Object(
    {
      pwsh: Type.Boolean({ description: 'Whether PowerShell 7 is there.' }),
      powershell: Type.Boolean({ description: 'Whether Windows PowerShell is there.' }),
    },
    { description: 'Which of the two PowerShells are on this machine.' },
  ),
  persistent_shell_default_shell: Type.Union([Type.String(), Type.Null()], {
    description: 'The PowerShell to ask for; null when there is none.',
  }),
  persistent_shell_sessions: Type.Integer({ minimum: 0, description: 'Named shells kept now.' }),
  persistent_shell_max_sessions: Type.Integer({ minimum: 0, description: 'Named shells that may be kept at once.' }),
  persistent_shell_idle_timeout_seconds: Type.Number({
    minimum: 0,
    description: 'Seconds until an unused named shell is ended; 0: never.',
  }),
  shells: Type.Record(Type.String(), Type.Boolean(), {
    description: 'Every shell that persistent shells know, and whether it is on this machine.',
  }),
};

/** Fields of `POST /exec` that only mode `persistent_shell` has. */
export const SESSION_FIELDS = {
  sessionKey: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Mode `persistent_shell`, required: the name of the session, made on first use.',
      examples: ['build'],
    }),
  ),
  shell: Type.Optional(
    Type.String({
      description:
        'Mode `persistent_shell`, required: `pwsh`, `powershell`, `cmd`, `bash`, `zsh` or `sh`, in any letter case; `GET /health` lists those that are there.',
      examples: ['bash'],
    }),
  ),
  bootstrapCommand: Type.Optional(
    Type.String({
      description:
        'Mode `persistent_shell`: script to run in each process of the session. It is run before this command if the process has not run it yet, and again in every process that replaces it. What it prints to standard output is discarded; if it fails, the command is not run and fails with its exit code.',
    }),
  ),
  bootstrapCurrentCommand: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Mode `persistent_shell`: `command` already is the bootstrap, which is then not run before it; if it succeeds, it counts as run.',
    }),
  ),
};
