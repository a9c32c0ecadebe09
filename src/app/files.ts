/** Builds the room of files. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { gauge } from '../core/metric.ts';
import { Turns } from '../core/turns.ts';
import { Places } from '../files/place.ts';
import { Uploads } from '../files/uploads/uploads.ts';
import { FileLocks } from '../files/write/file-locks.ts';
import { ProtectedPlaces } from '../files/write/protected.ts';
import { Room } from '../files/write/room.ts';
import { BatchNotes } from '../files/write/batch-notes.ts';
import { StagedNames } from '../files/write/staged-names.ts';
import type { Editing } from '../files/edit/editing.ts';
import { fileEditRoutes } from '../http/files/edit-routes.ts';
import { filesReadManyRoutes } from '../http/files/read-many-routes.ts';
import { filesWriteManyRoutes } from '../http/files/write-many-routes.ts';
import { fileAppendRoutes } from '../http/files/append-routes.ts';
import { fileCopyRoutes } from '../http/files/copy-routes.ts';
import { fileMoveRoutes } from '../http/files/move-routes.ts';
import { fileArchiveRoutes } from '../http/files/archive-routes.ts';
import { fileUploadRoutes } from '../http/files/upload-routes.ts';
import { fileDeleteRoutes } from '../http/files/delete-routes.ts';
import { fileMkdirRoutes } from '../http/files/mkdir-routes.ts';
import { filePutRoutes } from '../http/files/put-routes.ts';
import { Watches } from '../files/watch/watches.ts';
import { fileListRoutes } from '../http/files/list-routes.ts';
import { fileReadRoutes } from '../http/files/read-routes.ts';
import { fileSearchRoutes } from '../http/files/search-routes.ts';
import { fileStatRoutes } from '../http/files/stat-routes.ts';
import { fileWatchRoutes } from '../http/files/watch-routes.ts';
import { FileCopyJobs } from '../modes/file-copy/copy-jobs.ts';
import { ripgrepPath } from '../platform/programs/ripgrep.ts';
import { watching } from '../platform/watching/index.ts';
import { OWN_EXECUTABLE } from '../platform/self/own-program.ts';
import type { Base, Feature } from './feature.ts';

const MAX_WATCHED_FOLDERS = 100_000;
/** More would take more memory, and be no faster. */
const EDITS_AT_ONCE = 2;

/** `connect`: what makes jobs of copies that take long. */
export function openFiles(base: Base, scope: AsyncDisposableStack): Feature & Pick<FileCopyJobs, 'connect'> {
  const { config, env, commandEnv, launcher, apiKey, clock, log } = base;
  const { settings, cwd, dataPath } = config;
  const roots = settings.roots?.split(',').flatMap((root) => (root.trim() === '' ? [] : [resolve(cwd, root.trim())]));
  const places = new Places({ roots, own: [dataPath, apiKey.path] });
  const kept = [
    ...(roots ?? []),
    homedir(),
    env['HOME'] ?? '',
    env['USERPROFILE'] ?? '',
    OWN_EXECUTABLE ?? process.execPath,
    dataPath,
    apiKey.path,
  ];
  const writing: Editing = {
    locks: new FileLocks(),
    edits: new Turns(EDITS_AT_ONCE),
    batches: new BatchNotes(join(dataPath, 'files', 'batches')),
    names: new StagedNames(join(dataPath, 'files', 'staged')),
    protectedPlaces: new ProtectedPlaces(kept),
    room: new Room(settings['min-free-bytes']),
  };
  // Not waited for: a disk that does not answer must not keep the server from starting.
  void writing.names.removeLeftOver(writing.batches.tellSplit(log));
  const uploads = scope.use(new Uploads(join(dataPath, 'files', 'uploads'), writing, clock));
  void uploads.dropIdle();
  const search = { launcher, env: commandEnv, clock, ripgrep: () => ripgrepPath(join(dataPath, 'programs')) };
  const watches = scope.use(new Watches({ watching, clock, log, maxFolders: MAX_WATCHED_FOLDERS }));
  const copyJobs = new FileCopyJobs(clock);
  return {
    modes: [copyJobs.mode],
    connect: (submit) => copyJobs.connect(submit),
    routes: [
      fileReadRoutes(places),
      fileStatRoutes(places),
      fileListRoutes(places),
      fileSearchRoutes(places, search),
      filesReadManyRoutes(places),
      fileEditRoutes(places, writing),
      filesWriteManyRoutes(places, writing),
      filePutRoutes(places, writing),
      fileAppendRoutes(places, writing),
      fileMkdirRoutes(places),
      fileDeleteRoutes(places, writing),
      fileArchiveRoutes(places, writing, clock),
      fileUploadRoutes(places, uploads),
      fileMoveRoutes(places, writing),
      fileCopyRoutes(places, writing, copyJobs, clock),
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
