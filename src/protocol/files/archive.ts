/** Archives of folders, on the wire. */
import Type, { type Static } from 'typebox';

const MAX_NAMES = 10_000;
const NAMES = { minItems: 1, maxItems: MAX_NAMES } as const;

export const ArchiveRequest = Type.Object(
  {
    path: Type.Optional(Type.String({ description: 'The folder: an absolute path, in the form of the machine.' })),
    pathBytes: Type.Optional(
      Type.String({
        description: 'The path in base64, in place of `path`, where names in it are no UTF-8. Not on Windows.',
      }),
    ),
    names: Type.Optional(
      Type.Array(Type.String(), {
        ...NAMES,
        description: `What is packed: names relative to the folder, parts divided by \`/\`, 1 to ${MAX_NAMES}. A folder is packed without what is in it.`,
        examples: [['src', 'src/main.ts']],
      }),
    ),
    namesBytes: Type.Optional(
      Type.Array(Type.String(), {
        ...NAMES,
        description: `The same in base64, for names that are no UTF-8; they come behind the others. 1 to ${MAX_NAMES}. Not on Windows.`,
      }),
    ),
    format: Type.Optional(
      Type.Enum(['tar', 'tar.gz', 'zip'], { description: '`tar`, `tar.gz` or `zip`. Default `tar`.' }),
    ),
  },
  { $id: 'ArchiveRequest', additionalProperties: false },
);
export type ArchiveRequest = Static<typeof ArchiveRequest>;

export const FilesUnpacked = Type.Object(
  {
    files: Type.Integer({ minimum: 0, description: 'Files and links.' }),
    bytes: Type.Integer({ minimum: 0, description: 'Bytes of all files.' }),
  },
  { $id: 'FilesUnpacked' },
);
export type FilesUnpacked = Static<typeof FilesUnpacked>;
