/** Many small files written in one request. */
import Type, { type Static } from 'typebox';

const MAX_ITEMS = 100;

const WriteItem = Type.Object(
  {
    path: Type.String({ description: 'The absolute path, in the form of the machine. Links are followed.' }),
    text: Type.Optional(Type.String({ description: 'The whole content, which is written in UTF-8.' })),
    base64: Type.Optional(Type.String({ description: 'The same as bytes, in base64, in place of `text`.' })),
    mode: Type.Optional(
      Type.String({
        pattern: '^0?[0-7]{3}$',
        description:
          'Permission bits in octal, `0000` to `0777`, set exactly. Default: those of the old file; of a new one `0644` less the umask.',
      }),
    ),
    mkdirs: Type.Optional(
      Type.Boolean({
        description:
          'Whether missing folders above it are made; they stay, whatever becomes of the file. Default false.',
      }),
    ),
    sha256: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{64}$',
        description: 'SHA-256, in hexadecimal, of what must be there, else 412.',
      }),
    ),
    version: Type.Optional(
      Type.String({ description: 'The version that must be there, else 412; `none`: nothing may be there.' }),
    ),
  },
  { additionalProperties: false },
);

export const FilesWriteRequest = Type.Object(
  {
    items: Type.Array(WriteItem, {
      minItems: 1,
      maxItems: MAX_ITEMS,
      description: `Files, 1 to ${MAX_ITEMS}, with at most 8 MiB together.`,
      examples: [[{ path: '/tmp/greeting', text: 'hello\n', version: 'none' }]],
    }),
    atomic: Type.Optional(
      Type.Boolean({
        description:
          'Whether all are written or none: all are written beside their targets and checked before the first one is renamed over its target. A crash between two renames can still split them, which the log of the next start says. Default false.',
      }),
    ),
  },
  { $id: 'FilesWriteRequest', additionalProperties: false },
);
export type FilesWriteRequest = Static<typeof FilesWriteRequest>;

const ITEMS = Type.Array(
  Type.Union([
    Type.Object({
      path: Type.String(),
      ok: Type.Literal(true),
      made: Type.Boolean({ description: 'Whether nothing was there.' }),
      size: Type.Integer({ minimum: 0, description: 'Bytes.' }),
      sha256: Type.String({ description: 'SHA-256 of what was written, in hexadecimal.' }),
      version: Type.String({ description: 'The version that is there now.' }),
    }),
    Type.Object({
      path: Type.String(),
      ok: Type.Literal(false),
      error: Type.String({ description: 'Why it was not written, in one sentence.' }),
      status: Type.Integer({
        description: 'The status that stands for it, such as 412; 424 where another item of an atomic request is why.',
      }),
      version: Type.Optional(
        Type.String({ description: 'Of a 412: the version that is there; absent where none is.' }),
      ),
      sha256: Type.Optional(Type.String({ description: 'Of a 412 for another content: its SHA-256.' })),
    }),
  ]),
  { description: 'One for each item, in their order.' },
);

export const FilesWritten = Type.Object({ items: ITEMS }, { $id: 'FilesWritten' });
export type FilesWritten = Static<typeof FilesWritten>;

export const FilesNotWritten = Type.Object(
  { error: Type.String({ description: 'What is wrong, in one sentence.' }), items: ITEMS },
  { $id: 'FilesNotWritten', description: 'An atomic request that is refused.' },
);
