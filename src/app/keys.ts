/** Builds the room of keys. */
import { keyRoutes } from '../http/keys/routes.ts';
import type { ValidKey } from '../http/keyring.ts';
import type { KeptKey } from '../keys/key.ts';
import { Keys } from '../keys/keys.ts';
import { durableFiles } from '../platform/files/durable-files.ts';
import type { Base, Feature } from './feature.ts';

/** The same object for the same key: a caller is made once of each. */
const validKeys = new WeakMap<KeptKey, ValidKey>();

function validKey(key: KeptKey): ValidKey {
  const known = validKeys.get(key);
  if (known !== undefined) return known;
  const { id: keyId, hash, scopes, roots, ports } = key;
  const made = { keyId, hash, scopes, roots, ports };
  validKeys.set(key, made);
  return made;
}

export function openKeys({ config, clock, log, apiKey, endExchanges }: Base, scope: AsyncDisposableStack): Feature {
  const keys = scope.use(new Keys({ folder: config.dataPath, files: durableFiles, clock, log, ended: endExchanges }));
  return {
    routes: [keyRoutes(keys, { inherited: apiKey, ended: endExchanges })],
    keys: {
      valid: () => keys.valid().map(validKey),
      used: (id) => keys.used(id),
    },
    problems: () => keys.problems,
  };
}
