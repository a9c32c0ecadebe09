/** Builds the room of files. */
import { join, resolve } from 'node:path';
import { Places } from '../files/place.ts';
import { fileListRoutes } from '../http/files/list-routes.ts';
import { fileReadRoutes } from '../http/files/read-routes.ts';
import { fileSearchRoutes } from '../http/files/search-routes.ts';
import { fileStatRoutes } from '../http/files/stat-routes.ts';
import { ripgrepPath } from '../platform/programs/ripgrep.ts';
import type { Base, Feature } from './feature.ts';

export function openFiles({ config, apiKey, launcher, commandEnv: env, clock }: Base): Feature {
  const { settings, cwd, dataPath } = config;
  const roots = settings.roots?.split(',').flatMap((root) => (root.trim() === '' ? [] : [resolve(cwd, root.trim())]));
  const places = new Places({ roots, own: [dataPath, apiKey.path] });
  const ripgrep = () => ripgrepPath(join(dataPath, 'programs'));
  const parts = { launcher, env, clock, ripgrep };
  return {
    routes: [fileReadRoutes(places), fileStatRoutes(places), fileListRoutes(places), fileSearchRoutes(places, parts)],
  };
}
