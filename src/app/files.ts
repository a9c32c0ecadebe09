/** Builds the room of files. */
import { join, resolve } from 'node:path';
import { gauge } from '../core/metric.ts';
import { Places } from '../files/place.ts';
import { Watches } from '../files/watch/watches.ts';
import { fileListRoutes } from '../http/files/list-routes.ts';
import { fileReadRoutes } from '../http/files/read-routes.ts';
import { fileSearchRoutes } from '../http/files/search-routes.ts';
import { fileStatRoutes } from '../http/files/stat-routes.ts';
import { fileWatchRoutes } from '../http/files/watch-routes.ts';
import { ripgrepPath } from '../platform/programs/ripgrep.ts';
import { watching } from '../platform/watching/index.ts';
import type { Base, Feature } from './feature.ts';

const MAX_WATCHED_FOLDERS = 100_000;

export function openFiles(base: Base, scope: AsyncDisposableStack): Feature {
  const { config, apiKey, launcher, commandEnv: env, clock, log } = base;
  const { settings, cwd, dataPath } = config;
  const roots = settings.roots?.split(',').flatMap((root) => (root.trim() === '' ? [] : [resolve(cwd, root.trim())]));
  const places = new Places({ roots, own: [dataPath, apiKey.path] });
  const ripgrep = () => ripgrepPath(join(dataPath, 'programs'));
  const parts = { launcher, env, clock, ripgrep };
  const watches = scope.use(new Watches({ watching, clock, log, maxFolders: MAX_WATCHED_FOLDERS }));
  return {
    routes: [
      fileReadRoutes(places),
      fileStatRoutes(places),
      fileListRoutes(places),
      fileSearchRoutes(places, parts),
      fileWatchRoutes(places, watches),
    ],
    metrics: () => [
      gauge('agent_server_file_watches', 'Watches of files that have a reader.', watches.active),
      gauge(
        'agent_server_file_watch_folders',
        'Folders that are watched, for a reader or until one comes back.',
        watches.folders,
      ),
    ],
    drain: () => watches.drain(),
    resume: () => watches.resume(),
  };
}
