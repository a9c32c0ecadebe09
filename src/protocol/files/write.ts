/** Writing files, on the wire. */
import Type, { type Static } from 'typebox';

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
