/** Edits of text files on the wire. */
import Type, { type Static } from 'typebox';

const MAX_EDITS = 1000;
const MAX_COUNT = 100_000;
const LINE_TO = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

const LineEdit = Type.Object(
  {
    from: Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'First line, from 1, of the file as it is; one more than it has puts lines at its end.',
    }),
    to: Type.Integer({
      ...LINE_TO,
      description: 'Last line, included; one less than `from` takes none away and puts `text` before `from`.',
    }),
    text: Type.String({
      description:
        'The new lines; the line end of the last one may be left out, and a line end alone is an empty line. Empty: none.',
    }),
  },
  { additionalProperties: false },
);

export const TextEdit = Type.Object(
  {
    old: Type.String({
      minLength: 1,
      description: 'What stands there, character by character; LF in it stands for CRLF, too.',
    }),
    new: Type.String({ description: 'What takes its place. No character in it has a meaning of its own.' }),
    count: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_COUNT,
        description: `In how many places it stands, each of which is edited, 1–${MAX_COUNT}. Default 1.`,
      }),
    ),
  },
  { additionalProperties: false },
);

export const FileEditRequest = Type.Object(
  {
    edits: Type.Union(
      [
        Type.Array(LineEdit, { minItems: 1, maxItems: MAX_EDITS }),
        Type.Array(TextEdit, { minItems: 1, maxItems: MAX_EDITS }),
      ],
      {
        description: `1 to ${MAX_EDITS} edits, all by lines or all by what stands there.`,
        examples: [[{ from: 3, to: 3, text: 'the new third line' }], [{ old: 'colour', new: 'color', count: 2 }]],
      },
    ),
    sha256: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{64}$',
        description:
          'SHA-256, in hexadecimal, of the file that the edits are about. Edits of lines need it, or `If-Match`.',
      }),
    ),
    eol: Type.Optional(
      Type.Enum(['lf', 'crlf'], {
        description: 'Line ends of new lines; others stay. Default: the more frequent kind of the file.',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Whether nothing is written. Default false.' })),
  },
  { $id: 'FileEditRequest', additionalProperties: false },
);
export type FileEditRequest = Static<typeof FileEditRequest>;

export const FileEdited = Type.Object(
  {
    path: Type.String({ description: 'Its path as it was asked for, in the form of the machine.' }),
    sha256: Type.String({ description: 'SHA-256 of the file with its edits, in hexadecimal: the next edit needs it.' }),
    version: Type.String({ description: 'The version that is there now; of a dry run, of the file as it is.' }),
    diff: Type.Optional(
      Type.String({
        description:
          'What changed, as a unified diff; empty where nothing did. Absent where it has more than 8 Mi characters, and for a key without the scope `files:read`, since it shows lines around.',
      }),
    ),
    lines: Type.Integer({ minimum: 0, description: 'How many lines the file has with its edits.' }),
    edits: Type.Array(
      Type.Object({
        from: Type.Integer({ minimum: 1, description: 'First line, in the new file.' }),
        to: Type.Integer({
          minimum: 0,
          description: 'Last line, included; one less than `from` where no line is left of the edit.',
        }),
      }),
      { description: 'Where each edit is now, in their order; one with `count` has a row for each place.' },
    ),
  },
  { $id: 'FileEdited', description: 'A file with its edits.' },
);
export type FileEdited = Static<typeof FileEdited>;

export const FileEditRefused = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, in one sentence.' }),
    sha256: Type.Optional(Type.String({ description: 'Of what is there, where the request named another file.' })),
    version: Type.Optional(Type.String({ description: 'The version of that.' })),
    found: Type.Optional(
      Type.Integer({ minimum: 0, description: 'In how many places `old` stands, where that is not `count`.' }),
    ),
    lines: Type.Optional(Type.Array(Type.Integer(), { description: 'The lines of the first 100 of them.' })),
  },
  { $id: 'FileEditRefused', description: 'The file is not as the edit expects it.' },
);
