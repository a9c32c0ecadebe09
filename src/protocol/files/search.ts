/** Searching files on the wire. */
import Type, { type Static } from 'typebox';

const MAX_LIMIT = 100_000;
const MAX_TIMEOUT = 600;
const MAX_CONTEXT = 5;

export const FileSearch = Type.Object(
  {
    path: Type.String({ description: 'The folder that is searched, or one file. Absolute.', examples: ['/srv/app'] }),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description:
          'A regular expression as ripgrep has them: in linear time, without look-around. Without it names are searched.',
        examples: ['TODO|FIXME'],
      }),
    ),
    literal: Type.Optional(Type.Boolean({ description: 'Whether `text` stands for itself. Default false.' })),
    case: Type.Optional(Type.Boolean({ description: 'Whether the case of letters of `text` counts. Default true.' })),
    word: Type.Optional(Type.Boolean({ description: 'Whether `text` must be a whole word. Default false.' })),
    name: Type.Optional(
      Type.String({
        description:
          'A glob of names: only files with such a name are searched; without `text`, all with such a name are found.',
        examples: ['*.{ts,tsx}'],
      }),
    ),
    exclude: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 100,
        description: 'Globs of what is left out, as in `GET /files/list`. A folder that is, is not looked into.',
      }),
    ),
    ignore: Type.Optional(
      Type.Enum(['git', 'none'], { description: 'As in `GET /files/list`. `.git` is always left out. Default `git`.' }),
    ),
    hidden: Type.Optional(
      Type.Boolean({
        description:
          'Whether names that begin with a dot are searched, on Windows also those marked hidden. Default false.',
      }),
    ),
    context: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_CONTEXT,
        description: `Lines before and behind each match, 0 to ${MAX_CONTEXT}. Default 0.`,
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LIMIT,
        description: `Rows after which the search ends, 1 to ${MAX_LIMIT}. Default 1000.`,
      }),
    ),
    maxFileBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Larger files are not searched for text. Bytes. Default 64 MiB.',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: MAX_TIMEOUT,
        description: `Seconds after which the search ends, up to ${MAX_TIMEOUT}. Default 30.`,
      }),
    ),
  },
  { $id: 'FileSearch', additionalProperties: false },
);
export type FileSearch = Static<typeof FileSearch>;

const PATH = {
  path: Type.String({ description: 'The path of the file, in the form of the machine.' }),
  pathBytes: Type.Optional(Type.String({ description: 'The path in base64, where it is no UTF-8.' })),
};

export const FileMatch = Type.Object(
  {
    ...PATH,
    line: Type.Integer({ minimum: 1, description: 'Number of the line, from 1.' }),
    column: Type.Integer({ minimum: 1, description: 'Where in the line the match begins, in characters, from 1.' }),
    text: Type.String({
      description:
        'The line without its end; of a long one what is around the match, with `…` where it was cut. U+FFFD stands for bytes that are no UTF-8.',
    }),
    before: Type.Optional(Type.Array(Type.String(), { description: 'The lines before it, with `context`.' })),
    after: Type.Optional(Type.Array(Type.String(), { description: 'The lines behind it, with `context`.' })),
  },
  { $id: 'FileMatch', description: 'A row of a search for text: one match.' },
);
export type FileMatch = Static<typeof FileMatch>;

export const FileNameMatch = Type.Object(
  { ...PATH, type: Type.Enum(['file', 'directory', 'symlink', 'other'], { description: 'What has that name.' }) },
  { $id: 'FileNameMatch', description: 'A row of a search for names.' },
);
export type FileNameMatch = Static<typeof FileNameMatch>;

export const FileSearchDone = Type.Object(
  {
    done: Type.Literal(true),
    matches: Type.Integer({ minimum: 0, description: 'How many rows there were.' }),
    files: Type.Integer({ minimum: 0, description: 'In how many files; of names, as many as matches.' }),
    more: Type.Boolean({ description: 'Whether there is more than `limit`.' }),
    timedOut: Type.Boolean({ description: 'Whether the time was over before the end.' }),
  },
  { $id: 'FileSearchDone', description: 'The last row of a search that came to its end. Without it, it was cut off.' },
);
export type FileSearchDone = Static<typeof FileSearchDone>;
