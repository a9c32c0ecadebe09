/** Archives of folders, on the wire. */
import Type, { type Static } from 'typebox';

export const FilesUnpacked = Type.Object(
  {
    files: Type.Integer({ minimum: 0, description: 'Files and links.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Bytes of all files.' }),
  },
  { $id: 'FilesUnpacked' },
);
export type FilesUnpacked = Static<typeof FilesUnpacked>;
