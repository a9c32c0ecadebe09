/** Terminals on the wire: the resource, and what is asked of one. terminal-frames.ts has what travels over a socket. */
import Type, { type Static } from 'typebox';

export const TERMINAL_COLS = { min: 10, max: 500, default: 80 } as const;
export const TERMINAL_ROWS = { min: 2, max: 200, default: 24 } as const;
export const EXECUTE_TIMEOUT_SECONDS = { min: 0.1, max: 3600, default: 30 } as const;

const when = (description: string) => `${description} Unix seconds with milliseconds.`;
export const colsIn = (fallback: string) =>
  Type.Integer({
    description: `Width in characters, limited to ${TERMINAL_COLS.min} to ${TERMINAL_COLS.max}.${fallback}`,
  });
export const rowsIn = (fallback: string) =>
  Type.Integer({
    description: `Height in lines, limited to ${TERMINAL_ROWS.min} to ${TERMINAL_ROWS.max}.${fallback}`,
  });

export const TerminalId = Type.String({
  pattern: '^[0-9a-f]{12}$',
  description: 'Terminal id: 12 lower-case hex digits.',
});
export const cols = Type.Integer({ ...bounds(TERMINAL_COLS), description: 'Width in characters.' });
export const rows = Type.Integer({ ...bounds(TERMINAL_ROWS), description: 'Height in lines.' });

export const TerminalRequest = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          'A name that may be used in place of the id, 1 to 64 characters: no control characters, not `.` or `..`, and not the form of an id. No two terminals have the same name. Default: none.',
        examples: ['build'],
      }),
    ),
    shell: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Program to run: a name to be found on the `PATH`, or a path. Default: `--terminal-shell`, else `pwsh`, `powershell` or `cmd.exe` on Windows, `$SHELL`, `bash` or `sh` elsewhere, the first that is there.',
        examples: ['bash'],
      }),
    ),
    args: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Arguments of the program, passed as they are, through no shell. Default: none.',
      }),
    ),
    workdir: Type.Optional(
      Type.String({
        description: 'Folder the program starts in. Default, and for an empty string: the server’s own.',
      }),
    ),
    env: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Environment variables, laid over the server’s environment and over `TERM=xterm-256color` and `COLORTERM=truecolor`. Names may not be empty or contain `=`.',
      }),
    ),
    cols: Type.Optional(colsIn(` Default ${TERMINAL_COLS.default}.`)),
    rows: Type.Optional(rowsIn(` Default ${TERMINAL_ROWS.default}.`)),
  },
  {
    $id: 'TerminalRequest',
    description: 'A terminal to make. It outlives every socket.',
    examples: [{ name: 'build' }],
  },
);
export type TerminalRequest = Static<typeof TerminalRequest>;

export const TerminalResource = Type.Object(
  {
    id: TerminalId,
    name: Type.Union([Type.String(), Type.Null()], { description: 'Its name; null when it has none.' }),
    shell: Type.String({ description: 'The program that was started.' }),
    pid: Type.Integer({ description: 'Process id of the program.' }),
    cols,
    rows,
    createdAt: Type.Number({ description: when('When it was made.') }),
    lastInputAt: Type.Union([Type.Number(), Type.Null()], {
      description: when('When input last came; null when there was none.'),
    }),
    lastOutputAt: Type.Union([Type.Number(), Type.Null()], {
      description: when('When it last printed something; null when it has not.'),
    }),
    attached: Type.Integer({ minimum: 0, description: 'Sockets attached now.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Bytes of output so far: the offset of what comes next.' }),
    status: Type.Enum(['running', 'exited'], {
      description: '`exited`: the program has ended. Record and scrollback stay until the terminal is deleted.',
    }),
    exitCode: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Exit code of the program, 128+N after signal N; null while it runs.',
    }),
  },
  { $id: 'TerminalResource', description: 'A terminal.' },
);
export type TerminalResource = Static<typeof TerminalResource>;

export const TerminalDeleted = Type.Object(
  {
    deleted: Type.Literal(true, { description: 'The program and all it started have ended.' }),
    id: TerminalId,
  },
  { $id: 'TerminalDeleted', description: 'A terminal is gone.' },
);
export type TerminalDeleted = Static<typeof TerminalDeleted>;

export const TerminalInput = Type.Object(
  {
    data: Type.String({
      description: 'Text to type, sent as UTF-8. Enter is `\\r`, Ctrl-C is `\\u0003`. At most 1 MiB with the request.',
      examples: ['make test\r'],
    }),
  },
  { $id: 'TerminalInput', description: 'Something to type into a terminal.' },
);
export type TerminalInput = Static<typeof TerminalInput>;

export const TerminalInputAnswer = Type.Object(
  {
    accepted: Type.Literal(true, {
      description: 'The terminal has accepted it; the program may not have read it yet.',
    }),
  },
  { $id: 'TerminalInputAnswer' },
);
export type TerminalInputAnswer = Static<typeof TerminalInputAnswer>;

export const TerminalSize = Type.Object(
  { cols: colsIn(''), rows: rowsIn('') },
  {
    $id: 'TerminalSize',
    description: 'A size for a terminal. The last one given applies; sockets attached to it are informed.',
    examples: [{ cols: 120, rows: 30 }],
  },
);
export type TerminalSize = Static<typeof TerminalSize>;

/** Where a replay cannot begin at the first byte. */
export const replayState = Type.Optional(
  Type.String({
    description:
      'Escape sequences that bring a reset terminal emulator into the state that earlier output has left: modes, screen, colours, title, tab stops, and the beginning of a sequence that is cut. Write them before `output`; offsets do not count them. Present only where this piece begins with the oldest byte kept, output before it was dropped, and the state is not that of a fresh terminal.',
  }),
);

export const TerminalOutput = Type.Object(
  {
    data: Type.String({
      description: 'Output from `since` on, at most 256 KiB of it, never split inside a character.',
    }),
    next: Type.Integer({ minimum: 0, description: 'The `since` of the next request.' }),
    dropped: Type.Integer({
      minimum: 0,
      description: 'Bytes between `since` and the oldest that is still kept (1 MiB is): they are lost.',
    }),
    state: replayState,
  },
  { $id: 'TerminalOutput', description: 'A piece of a terminal’s output.' },
);
export type TerminalOutput = Static<typeof TerminalOutput>;

export const TerminalScreen = Type.Object(
  {
    cols,
    rows,
    lines: Type.Array(Type.String(), { description: '`rows` lines of text, blanks at their ends left out.' }),
    cursor: Type.Object(
      {
        x: Type.Integer({ minimum: 0, description: 'Column, from 0.' }),
        y: Type.Integer({ minimum: 0, description: 'Line, from 0.' }),
        visible: Type.Boolean({ description: 'Whether it is shown.' }),
      },
      { description: 'Position of the cursor.' },
    ),
    title: Type.String({ description: 'Title that the program gave its window; empty when it gave none.' }),
    alternate: Type.Boolean({
      description: 'Whether the alternate screen is on, as with an editor or a pager.',
    }),
  },
  { $id: 'TerminalScreen', description: 'The screen as a person sees it.' },
);
export type TerminalScreen = Static<typeof TerminalScreen>;

export const TerminalExecuteRequest = Type.Object(
  {
    command: Type.String({
      minLength: 1,
      description:
        'Command to type, without an Enter at its end. Newlines and tabs are the only control characters it may have.',
      examples: ['make test'],
    }),
    clear: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether to clear first what is already typed there: in a shell with marks by Ctrl-C, which drops an unfinished command, too; elsewhere by the key that clears a line (Ctrl-U, Escape on Windows). Default: such a line is answered with 409.',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        minimum: EXECUTE_TIMEOUT_SECONDS.min,
        maximum: EXECUTE_TIMEOUT_SECONDS.max,
        default: EXECUTE_TIMEOUT_SECONDS.default,
        description: 'Seconds to wait for its end. When over, it continues, and the answer has what it printed so far.',
      }),
    ),
  },
  { $id: 'TerminalExecuteRequest', description: 'A command for the shell of a terminal.' },
);
export type TerminalExecuteRequest = Static<typeof TerminalExecuteRequest>;

export const TerminalExecuteAnswer = Type.Object(
  {
    output: Type.String({
      description:
        'What it printed, as a person sees it: without its echo, the prompt, escape sequences, and control characters but tab and newline; at most the last MiB.',
    }),
    status: Type.Enum(['done', 'running', 'continuation'], {
      description:
        '`running`: the timeout was over first. `continuation`: the shell waits for the rest of the command, as within an open quote.',
    }),
    exitCode: Type.Union([Type.Integer(), Type.Null()], {
      description:
        'Its exit code, where the shell reports it, or that of the terminal when it ended with it; else null.',
    }),
    dropped: Type.Integer({
      minimum: 0,
      description: 'Bytes at the beginning of its output that are no longer kept (1 MiB is).',
    }),
  },
  { $id: 'TerminalExecuteAnswer', description: 'The result of a command in a terminal.' },
);
export type TerminalExecuteAnswer = Static<typeof TerminalExecuteAnswer>;

function bounds({ min, max }: { readonly min: number; readonly max: number }): { minimum: number; maximum: number } {
  return { minimum: min, maximum: max };
}

/** Fields of `GET /health` about terminals. */
export const TERMINAL_HEALTH = {
  terminal_supported: Type.Boolean({ description: 'Whether this server has terminals.' }),
  terminal_sessions: Type.Integer({ minimum: 0, description: 'Terminals open now.' }),
};
