/** API keys on the wire. */
import Type, { type Static } from 'typebox';
import { SCOPES } from './scope.ts';

const ID = Type.String({ description: 'Id of the key; `default` is the inherited one.' });
const PORT = '\\d{1,5}(-\\d{1,5})?';

const FIELDS = {
  id: ID,
  name: Type.String({ description: 'What it is called.' }),
  scopes: Type.Array(Type.String(), { description: 'What it may do; `admin` is everything.' }),
  createdAt: Type.Union([Type.Number(), Type.Null()], {
    description: 'When it was made. Unix seconds with milliseconds; null for the inherited one.',
  }),
  expiresAt: Type.Union([Type.Number(), Type.Null()], {
    description: 'When it expires. Unix seconds with milliseconds; null: never.',
  }),
  expired: Type.Boolean({ description: 'Whether it has expired; it is listed until it is deleted.' }),
  lastUsedAt: Type.Union([Type.Number(), Type.Null()], {
    description:
      'When it was last used, to the minute, Unix seconds; null: never, or, for the inherited one, not since the server started.',
  }),
  roots: Type.Optional(
    Type.Array(Type.String(), { description: 'Folders that it is restricted to, as they were given.' }),
  ),
  ports: Type.Optional(Type.String({ description: 'Ports that it is restricted to, as they were given.' })),
};

export const KeyResource = Type.Object(FIELDS, { $id: 'KeyResource', description: 'An API key, without its secret.' });
export type KeyResource = Static<typeof KeyResource>;

export const MadeKey = Type.Object(
  { ...FIELDS, key: Type.String({ description: 'The key itself, shown only this once and stored nowhere.' }) },
  { $id: 'MadeKey', description: 'An API key that was just made.' },
);
export type MadeKey = Static<typeof MadeKey>;

export const KeyRequest = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'Its name, 1 to 100 characters; no other valid key may have it, and `default` and `inherited` are reserved.',
      examples: ['ci'],
    }),
    scopes: Type.Array(Type.Enum([...SCOPES]), {
      minItems: 1,
      description:
        'What it may do. `run` amounts to full access, since commands can do what the user of the server can; so does `agents`.',
      examples: [['observe', 'run']],
    }),
    expires: Type.Optional(
      Type.Union([Type.Number(), Type.String()], {
        description:
          'How long it is valid: seconds, or a number with `s`, `m`, `h`, `d` or `w`, such as `7d`. At most 3650 days. Default: never expires.',
        examples: ['7d'],
      }),
    ),
    roots: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 32_767 }), {
        minItems: 1,
        maxItems: 64,
        description:
          'Folders, absolute, that the routes of files are restricted to. They bind nothing else: a key with `run` can use every file. Default: the whole machine, or what `--roots` allows.',
      }),
    ),
    ports: Type.Optional(
      Type.String({
        maxLength: 1000,
        pattern: `^${PORT}(,${PORT})*$`,
        description: 'Ports to restrict it to. Stored with the key for the port routes. Default: none.',
        examples: ['3000-3999'],
      }),
    ),
  },
  { $id: 'KeyRequest', additionalProperties: false },
);
export type KeyRequest = Static<typeof KeyRequest>;

export const KeyDeleted = Type.Object(
  {
    deleted: Type.Literal(true, {
      description: 'The key is no longer valid, and all connections that used it have ended.',
    }),
    id: ID,
  },
  { $id: 'KeyDeleted' },
);
export type KeyDeleted = Static<typeof KeyDeleted>;
