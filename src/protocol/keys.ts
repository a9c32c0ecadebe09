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
    description: 'From when on it is no longer valid. Unix seconds with milliseconds; null: never.',
  }),
  expired: Type.Boolean({ description: 'Whether that time is over: the key is listed until it is deleted.' }),
  lastUsedAt: Type.Union([Type.Number(), Type.Null()], {
    description:
      'When it was last used, to the minute, Unix seconds; null: not yet, the inherited one not since the server started.',
  }),
  roots: Type.Optional(Type.Array(Type.String(), { description: 'Folders that it is bound to, as they were given.' })),
  ports: Type.Optional(Type.String({ description: 'Ports that it is bound to, as they were given.' })),
};

export const KeyResource = Type.Object(FIELDS, { $id: 'KeyResource', description: 'An API key, without its secret.' });
export type KeyResource = Static<typeof KeyResource>;

export const MadeKey = Type.Object(
  { ...FIELDS, key: Type.String({ description: 'The key itself: shown this once, and kept nowhere.' }) },
  { $id: 'MadeKey', description: 'An API key that was just made.' },
);
export type MadeKey = Static<typeof MadeKey>;

export const KeyRequest = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'What to call it, 1 to 100 characters; no other valid key may have the name, and `default` and `inherited` are taken.',
      examples: ['ci'],
    }),
    scopes: Type.Array(Type.Enum([...SCOPES]), {
      minItems: 1,
      description:
        'What it may do. `run` is as good as everything, since commands can do what the user of the server can; so is `agents`.',
      examples: [['observe', 'run']],
    }),
    expires: Type.Optional(
      Type.Union([Type.Number(), Type.String()], {
        description:
          'How long it is valid: seconds, or a number with `s`, `m`, `h`, `d` or `w`, such as `7d`. At most 3650 days. Default: for good.',
        examples: ['7d'],
      }),
    ),
    roots: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 32_767 }), {
        minItems: 1,
        maxItems: 64,
        description: 'Folders to bind it to. Kept with the key for the routes of files. Default: none.',
      }),
    ),
    ports: Type.Optional(
      Type.String({
        maxLength: 1000,
        pattern: `^${PORT}(,${PORT})*$`,
        description: 'Ports to bind it to. Kept with the key for the routes of ports. Default: none.',
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
      description: 'The key opens nothing any more, and all that went on under it ended.',
    }),
    id: ID,
  },
  { $id: 'KeyDeleted' },
);
export type KeyDeleted = Static<typeof KeyDeleted>;
