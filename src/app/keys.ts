/** Builds the room of keys. */
import { keyRoutes } from '../http/keys/routes.ts';
import { Keys } from '../keys/keys.ts';
import { durableFiles } from '../platform/files/durable-files.ts';
import type { Base, Feature } from './feature.ts';

export function openKeys({ config, clock, log, apiKey, endExchanges }: Base, scope: AsyncDisposableStack): Feature {
  const keys = scope.use(new Keys({ folder: config.dataPath, files: durableFiles, clock, log, ended: endExchanges }));
  return {
    routes: [keyRoutes(keys, { inherited: apiKey, ended: endExchanges })],
    keys: {
      *valid() {
        for (const { id, hash, scopes, roots, ports } of keys.valid()) yield { keyId: id, hash, scopes, roots, ports };
      },
      used: (id) => keys.used(id),
    },
    problems: () => keys.problems,
  };
}
