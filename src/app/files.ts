/** Builds the room of files. */
import { resolve } from 'node:path';
import { Places } from '../files/place.ts';
import { fileListRoutes } from '../http/files/list-routes.ts';
import { fileReadRoutes } from '../http/files/read-routes.ts';
import { fileStatRoutes } from '../http/files/stat-routes.ts';
import type { Base, Feature } from './feature.ts';

export function openFiles({ config, apiKey }: Base): Feature {
  const { settings, cwd, dataPath } = config;
  const roots = settings.roots?.split(',').flatMap((root) => (root.trim() === '' ? [] : [resolve(cwd, root.trim())]));
  const places = new Places({ roots, own: [dataPath, apiKey.path] });
  return { routes: [fileReadRoutes(places), fileStatRoutes(places), fileListRoutes(places)] };
}
