/** Files of the machine on the wire. */
import Type, { type Static } from 'typebox';

const TYPE = Type.Enum(['file', 'directory', 'symlink', 'other']);

export const FileEntry = Type.Object(
  {
    path: Type.String({ description: 'Its path as it was asked for, in the form of the machine.' }),
    name: Type.String({ description: 'Its name; U+FFFD stands for bytes that are no UTF-8.' }),
    nameBytes: Type.Optional(
      Type.String({ description: 'The name in base64, where it is no UTF-8: only `pathBytes` reaches the file.' }),
    ),
    type: Type.Enum(['file', 'directory', 'symlink', 'other'], {
      description: 'What it is; `other` is a pipe, a socket or a device.',
    }),
    size: Type.Integer({ minimum: 0, description: 'Bytes.' }),
    mode: Type.String({ description: 'Permission bits in octal, such as `0644`.' }),
    modifiedAt: Type.Number({ description: 'When its content changed. Unix seconds with milliseconds.' }),
    createdAt: Type.Union([Type.Number(), Type.Null()], {
      description: 'When it was made; null where the file system does not note it.',
    }),
    owner: Type.Union([Type.String(), Type.Null()], {
      description: 'Name of its owner, a number where it has no name; null on Windows.',
    }),
    group: Type.Union([Type.String(), Type.Null()], { description: 'Likewise of its group.' }),
    readonly: Type.Boolean({ description: 'Whether the user of the server may not write it; false for a link.' }),
    hidden: Type.Boolean({
      description: 'Whether its name begins with a dot; on Windows, whether it is marked hidden.',
    }),
    target: Type.Optional(Type.String({ description: 'Of a link: where it says that it leads.' })),
    targetType: Type.Optional({
      ...TYPE,
      description: 'Of a link: what is there. Absent where nothing is, or nothing that the key may use.',
    }),
    version: Type.String({
      description: 'Which version of it this is: inode, size, and times of change in nanoseconds, in hexadecimal.',
    }),
    sha256: Type.Optional(
      Type.String({
        description:
          'SHA-256 of its content in hexadecimal, where `hash` asked for it, it is a file, and it did not change while it was read.',
      }),
    ),
  },
  { $id: 'FileEntry', description: 'A file, a folder or whatever else has a path.' },
);
export type FileEntry = Static<typeof FileEntry>;

export const FileVersionRefused = Type.Object(
  {
    error: Type.String({ description: 'What is wrong, in one sentence.' }),
    version: Type.String({ description: 'The version that is there.' }),
  },
  { $id: 'FileVersionRefused', description: 'The file is not the version that the request named.' },
);

const MAX_PATHS = 1000;

export const FileStatsRequest = Type.Object(
  {
    paths: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: MAX_PATHS,
      description: `Absolute paths, 1 to ${MAX_PATHS}.`,
      examples: [['/etc/hosts']],
    }),
    follow: Type.Optional(
      Type.Boolean({ description: 'Whether a link at the end of a path is followed. Default false.' }),
    ),
    hash: Type.Optional(
      Type.Enum(['sha256'], { description: '`sha256` reads each file for its hash. Default: none.' }),
    ),
  },
  { $id: 'FileStatsRequest', additionalProperties: false },
);
export type FileStatsRequest = Static<typeof FileStatsRequest>;

export const FileStats = Type.Object(
  {
    items: Type.Array(
      Type.Union([
        Type.Object({ path: Type.String(), ok: Type.Literal(true), entry: FileEntry }),
        Type.Object({
          path: Type.String(),
          ok: Type.Literal(false),
          error: Type.String({ description: 'Why there is no entry, in one sentence.' }),
          status: Type.Integer({ description: 'The status that `GET /files/stat` has for it.' }),
        }),
      ]),
      { description: 'One for each path, in their order.' },
    ),
  },
  { $id: 'FileStats' },
);
export type FileStats = Static<typeof FileStats>;
