/** Files that come in parts, on the wire. */
import Type, { type Static } from 'typebox';
import { MODIFIED_AT } from './modified-at.ts';

export const UploadRequest = Type.Object(
  {
    path: Type.String({ description: 'The absolute path of the file.', examples: ['/srv/image.iso'] }),
    size: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Bytes of the whole file.',
      examples: [3_000_000_000],
    }),
    sha256: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Fa-f]{64}$',
        description: 'SHA-256 that it must have, in hexadecimal. Default: not checked.',
      }),
    ),
    mode: Type.Optional(
      Type.String({
        description:
          'Permission bits in octal, `0000` to `0777`, set exactly. Default: those of the old file; of a new one `0600`.',
      }),
    ),
    modifiedAt: MODIFIED_AT,
    mkdirs: Type.Optional(Type.Boolean({ description: 'Whether missing folders above it are made. Default false.' })),
    version: Type.Optional(
      Type.String({
        description: 'The version that is replaced; `none`: nothing may be there. Default: whatever is.',
      }),
    ),
  },
  { $id: 'UploadRequest', additionalProperties: false },
);
export type UploadRequest = Static<typeof UploadRequest>;

const OFFSET = Type.Integer({ minimum: 0, description: 'Bytes that have come, where the next part begins.' });

export const Upload = Type.Object(
  {
    id: Type.String({ description: 'Names it in further requests.' }),
    path: Type.String({ description: 'The path of the file, as it was asked for.' }),
    size: Type.Integer({ minimum: 0, description: 'Bytes of the whole file.' }),
    offset: OFFSET,
    expiresAt: Type.Number({
      description: 'When it is dropped unless a part of it comes: 24 hours after the last one. Unix seconds.',
    }),
  },
  { $id: 'Upload', description: 'A file that comes in parts.' },
);
export type Upload = Static<typeof Upload>;

export const UploadRefused = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, in one sentence.' }),
    offset: Type.Optional(OFFSET),
  },
  { $id: 'UploadRefused', description: 'The part does not begin where it has to, or it is too early to finish.' },
);

export const UploadDropped = Type.Object(
  { dropped: Type.Literal(true), id: Type.String({ description: 'The upload that is no more.' }) },
  { $id: 'UploadDropped' },
);
