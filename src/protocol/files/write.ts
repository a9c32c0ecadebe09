/** Writing files, on the wire. */
import Type, { type Static } from 'typebox';
import { FileEntry } from '../files.ts';
import { JobId } from '../job.ts';

export const FileSizeRefused = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, in one sentence.' }),
    size: Type.Optional(Type.Integer({ minimum: 0, description: 'Bytes that the file has now.' })),
  },
  { $id: 'FileSizeRefused', description: 'The file has not the size that the request named, or is none.' },
);

export const MakeFolderRequest = Type.Object(
  {
    path: Type.String({ description: 'The absolute path.', examples: ['/srv/new'] }),
    parents: Type.Optional(
      Type.Boolean({
        description: 'Whether missing folders above it are made, and one that is there is fine. Default false.',
      }),
    ),
    mode: Type.Optional(
      Type.String({
        description:
          'Permission bits in octal, `0000` to `0777`, set exactly. Default: `0755` less the umask, as of those above it.',
      }),
    ),
  },
  { $id: 'MakeFolderRequest', additionalProperties: false },
);
export type MakeFolderRequest = Static<typeof MakeFolderRequest>;

export const FilesDeleted = Type.Object(
  { deleted: Type.Integer({ minimum: 0, description: 'Files, links and folders.' }) },
  { $id: 'FilesDeleted' },
);
export type FilesDeleted = Static<typeof FilesDeleted>;

const SOURCE = {
  from: Type.Optional(
    Type.String({
      description: 'What it is now, an absolute path. A link at its end is not followed.',
      examples: ['/srv/a'],
    }),
  ),
  fromBytes: Type.Optional(
    Type.String({
      description: 'The path in base64, in place of `from`, where names in it are no UTF-8. Not on Windows.',
    }),
  ),
};
const OVERWRITE = Type.Optional(
  Type.Boolean({
    description: 'Whether a file that is there is replaced, or an empty folder by a folder. Default false: 409.',
  }),
);
const MKDIRS = Type.Optional(
  Type.Boolean({ description: 'Whether missing folders above `to` are made. Default false.' }),
);

export const MoveRequest = Type.Object(
  {
    ...SOURCE,
    to: Type.String({ description: 'Its whole new path, not the folder to put it in.', examples: ['/srv/b'] }),
    overwrite: OVERWRITE,
    mkdirs: MKDIRS,
  },
  { $id: 'FileMoveRequest', additionalProperties: false },
);
export type MoveRequest = Static<typeof MoveRequest>;

export const MovedFile = Type.Object(
  {
    ...FileEntry.properties,
    copied: Type.Optional(
      Type.Literal(true, { description: 'It is on another disk now: it was copied, then the old one removed.' }),
    ),
  },
  { $id: 'MovedFile' },
);
export type MovedFile = Static<typeof MovedFile>;

export const CopyRequest = Type.Object(
  {
    ...SOURCE,
    to: Type.String({ description: 'The whole path of the copy, not the folder to put it in.', examples: ['/srv/b'] }),
    recursive: Type.Optional(
      Type.Boolean({ description: 'Whether a folder is copied with what is in it. Default false: 409.' }),
    ),
    overwrite: OVERWRITE,
    follow: Type.Optional(
      Type.Boolean({
        description:
          'Whether what links lead to is copied in their place, which must be in the roots. Default false: links are copied as links.',
      }),
    ),
  },
  { $id: 'FileCopyRequest', additionalProperties: false },
);
export type CopyRequest = Static<typeof CopyRequest>;

export const CopiedFiles = Type.Object(
  {
    files: Type.Integer({ minimum: 0, description: 'Files and links.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Bytes of files.' }),
  },
  { $id: 'CopiedFiles' },
);
export type CopiedFiles = Static<typeof CopiedFiles>;

export const CopyJob = Type.Object({ jobId: JobId }, { $id: 'FileCopyJob' });
export type CopyJob = Static<typeof CopyJob>;
