/** Many small files, or parts of files, in one request. */
import Type, { type Static } from 'typebox';

const MAX_ITEMS = 100;

const LINE = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const BYTE = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** What a text file is like beyond its text; edits keep it. */
export const TEXT_FORMAT = {
  eol: Type.Optional(
    Type.Enum(['lf', 'crlf'], {
      description:
        'Of a text: its line ends, the more frequent kind; `lf` where neither is. New lines of an edit get it.',
    }),
  ),
  mixedEol: Type.Optional(Type.Boolean({ description: 'Of a text: whether it has line ends of both kinds.' })),
  bom: Type.Optional(
    Type.Boolean({ description: 'Of a text: whether a byte-order mark stands in front, which is not in `text`.' }),
  ),
  charset: Type.Optional(
    Type.Enum(['utf-8', 'utf-16le', 'utf-16be'], {
      description: 'Of a text: its encoding; UTF-16 is known by its byte-order mark alone.',
    }),
  ),
  lines: Type.Optional(Type.Integer({ minimum: 0, description: 'Of a text: how many lines the whole file has.' })),
};

const ReadItem = Type.Object(
  {
    path: Type.String({ description: 'The absolute path, in the form of the machine. Links are followed.' }),
    from: Type.Optional(Type.Integer({ ...LINE, description: 'First line, from 1. Default: the first one.' })),
    to: Type.Optional(Type.Integer({ ...LINE, description: 'Last line, included. Default: the last one.' })),
    offset: Type.Optional(
      Type.Integer({ ...BYTE, description: 'First byte, in place of lines. Default 0. Files over 16 MiB need it.' }),
    ),
    bytes: Type.Optional(Type.Integer({ ...BYTE, description: 'How many bytes, at most. Default: to the end.' })),
    encoding: Type.Optional(
      Type.Enum(['utf8', 'base64'], { description: 'Whether it comes as `text` or as `base64`. Default `utf8`.' }),
    ),
  },
  { additionalProperties: false },
);

export const FilesReadRequest = Type.Object(
  {
    items: Type.Array(ReadItem, {
      minItems: 1,
      maxItems: MAX_ITEMS,
      description: `Files, or parts of files, 1 to ${MAX_ITEMS}.`,
      examples: [[{ path: '/etc/hosts', from: 1, to: 20 }]],
    }),
  },
  { $id: 'FilesReadRequest', additionalProperties: false },
);
export type FilesReadRequest = Static<typeof FilesReadRequest>;

export const FilesRead = Type.Object(
  {
    items: Type.Array(
      Type.Union([
        Type.Object({
          path: Type.String(),
          ok: Type.Literal(true),
          text: Type.Optional(Type.String({ description: 'What was asked for, with its line ends as they are.' })),
          base64: Type.Optional(Type.String({ description: 'The same in base64, where `encoding` asked for it.' })),
          version: Type.String({ description: 'Which version of the file this is, as in its entry.' }),
          size: Type.Integer({ minimum: 0, description: 'Bytes of the whole file.' }),
          sha256: Type.Optional(
            Type.String({ description: 'SHA-256 of the whole file in hexadecimal; absent above 16 MiB.' }),
          ),
          ...TEXT_FORMAT,
        }),
        Type.Object({
          path: Type.String(),
          ok: Type.Literal(false),
          error: Type.String({ description: 'Why it was not read, in one sentence.' }),
          status: Type.Integer({ description: 'The status that stands for it, such as 404.' }),
        }),
      ]),
      { description: 'One for each item, in their order.' },
    ),
  },
  { $id: 'FilesRead' },
);
export type FilesRead = Static<typeof FilesRead>;
