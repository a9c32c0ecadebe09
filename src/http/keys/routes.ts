/** Keys: which there are, making, rotating and deleting one. */
import Type from 'typebox';
import type { Keys } from '../../keys/keys.ts';
import { LIFETIME_EXPECTED, lifetimeMs } from '../../keys/lifetime.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { KeyDeleted, KeyRequest, KeyResource, MadeKey } from '../../protocol/keys.ts';
import { INHERITED_KEY_ID } from '../keyring.ts';
import { noteSubject } from '../subject.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { parameters } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import type { InheritedKey } from './inherited.ts';
import { inheritedView, keyView } from './view.ts';

export interface KeyRouteOptions {
  readonly inherited: InheritedKey;
  /** Ends what goes on under a key, but for the request that it is called in. */
  readonly ended: (keyId: string, by: Request) => void;
}

const KEY = parameters(
  Type.Object({ id: Type.String({ description: 'Id of the key; `default` is the inherited one.' }) }),
);
const KEY_UNKNOWN = refusal('There is no key with that id.');
const NOT_STORED = refusal('It could not be stored, most likely because the disk is full.');
const LIVE =
  'Takes effect at once: open sockets are closed with code 3401, event streams end, downloads break off, and waiting requests are answered with 401.';

export const keyRoutes = (keys: Keys, { inherited, ended }: KeyRouteOptions) =>
  resource('keys')
    .get('/keys', () => [inheritedView(inherited.lastUsedAt), ...keys.list().map((key) => keyView(key, key.expired))], {
      access: 'admin',
      response: { 200: answer('The keys.', Type.Array(KeyResource)) },
      detail: {
        operationId: 'listKeys',
        summary: 'The keys of this server, the inherited one first, then oldest first.',
        description: 'The keys themselves are not shown: only their hashes are stored.',
        tags: ['Keys'],
      },
    })
    .post(
      '/keys',
      ({ body: { expires, name, scopes, roots, ports }, request, status }) => {
        const lifetime = expires === undefined ? undefined : lifetimeMs(expires);
        if (expires !== undefined && lifetime === undefined)
          return refuse({ reason: 'request-invalid', detail: `expires must be ${LIFETIME_EXPECTED}` });
        const relative = roots?.find((root) => !machinePaths.isAbsolute(root));
        if (relative !== undefined)
          return refuse({ reason: 'request-invalid', detail: `roots must be absolute: ${JSON.stringify(relative)}` });
        // A command line names keys by their names, too: another key must not be taken for the inherited one.
        const { id, name: itsName } = inheritedView(undefined);
        if (name === id || name === itsName) return refuse({ reason: 'name-taken', name });
        const made = keys.add({
          name,
          scopes,
          ...(roots !== undefined && { roots }),
          ...(ports !== undefined && { ports }),
          ...(lifetime !== undefined && { lifetimeMs: lifetime }),
        });
        if (!made.ok) return refuse(made.failure);
        noteSubject(request, { key: made.value.record.id });
        return status(201, { ...keyView(made.value.record), key: made.value.key });
      },
      {
        access: 'admin',
        ...jsonBody(KeyRequest),
        response: {
          201: answer('The key, shown only this once.', MadeKey),
          400: refusal('The body is not valid.'),
          409: refusal('The name is taken, there are 256 keys already, or a later version has stored them.'),
          507: NOT_STORED,
        },
        detail: {
          operationId: 'addKey',
          summary: 'Makes a key with scopes of its own.',
          description: 'A request for which a key lacks the scope is refused with 403, which names the `scope`.',
          tags: ['Keys'],
        },
      },
    )
    .post(
      '/keys/:id/rotate',
      ({ params: { id }, request }) => {
        if (id !== INHERITED_KEY_ID) {
          const made = keys.rotate(id, request);
          return made.ok ? { ...keyView(made.value.record), key: made.value.key } : refuse(made.failure);
        }
        const key = inherited.rotate();
        if (!key.ok) return refuse(key.failure);
        ended(id, request);
        return { ...inheritedView(inherited.lastUsedAt), key: key.value };
      },
      {
        access: 'admin',
        parse: 'none',
        params: KEY,
        response: {
          200: answer('The key with its new secret, shown only this once.', MadeKey),
          404: KEY_UNKNOWN,
          409: refusal(
            'The key has expired, or it is the inherited one and comes from the environment, or a later version has stored the keys.',
          ),
          507: NOT_STORED,
        },
        detail: {
          operationId: 'rotateKey',
          summary: 'Gives a key a new secret; the old one is no longer valid.',
          description: `${LIVE} The inherited key is written to its key file.`,
          tags: ['Keys'],
        },
      },
    )
    .delete(
      '/keys/:id',
      ({ params: { id }, request }) => {
        if (id === INHERITED_KEY_ID) return refuse({ reason: 'key-inherited' });
        const deleted = keys.delete(id, request);
        return deleted.ok ? { deleted: true as const, id } : refuse(deleted.failure);
      },
      {
        access: 'admin',
        parse: 'none',
        params: KEY,
        response: {
          200: answer('The key is no longer valid.', KeyDeleted),
          404: KEY_UNKNOWN,
          409: refusal('It is the inherited key, or a later version has stored the keys.'),
          507: refusal('The key is no longer valid, but that could not be stored: try again.'),
        },
        detail: {
          operationId: 'deleteKey',
          summary: 'Deletes a key.',
          description: LIVE,
          tags: ['Keys'],
        },
      },
    );
