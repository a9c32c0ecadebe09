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
