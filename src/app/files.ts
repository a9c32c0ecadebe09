/** Builds the room of files. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Places } from '../files/place.ts';
import { Uploads } from '../files/uploads/uploads.ts';
import { FileLocks } from '../files/write/file-locks.ts';
import { ProtectedPlaces } from '../files/write/protected.ts';
import { Room } from '../files/write/room.ts';
import { StagedNames } from '../files/write/staged-names.ts';
import type { Writing } from '../files/write/writing.ts';
import { fileEditRoutes } from '../http/files/edit-routes.ts';
import { filesReadManyRoutes } from '../http/files/read-many-routes.ts';
import { filesWriteManyRoutes } from '../http/files/write-many-routes.ts';
import { fileAppendRoutes } from '../http/files/append-routes.ts';
import { fileCopyRoutes } from '../http/files/copy-routes.ts';
import { fileMoveRoutes } from '../http/files/move-routes.ts';
import { fileArchiveRoutes } from '../http/files/archive-routes.ts';
import { fileListRoutes } from '../http/files/list-routes.ts';
import { fileUploadRoutes } from '../http/files/upload-routes.ts';
import { fileDeleteRoutes } from '../http/files/delete-routes.ts';
import { fileMkdirRoutes } from '../http/files/mkdir-routes.ts';
import { filePutRoutes } from '../http/files/put-routes.ts';
import { fileReadRoutes } from '../http/files/read-routes.ts';
import { fileStatRoutes } from '../http/files/stat-routes.ts';
import { FileCopyJobs } from '../modes/file-copy/copy-jobs.ts';
import { OWN_EXECUTABLE } from '../platform/self/own-program.ts';
import type { Base, Feature } from './feature.ts';

/** `connect`: what makes jobs of copies that take long. */
export function openFiles(
  { config, env, apiKey, clock }: Base,
  scope: AsyncDisposableStack,
): Feature & Pick<FileCopyJobs, 'connect'> {
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
  const writing: Writing = {
    locks: new FileLocks(),
    names: new StagedNames(join(dataPath, 'files', 'staged')),
    protectedPlaces: new ProtectedPlaces(kept),
    room: new Room(settings['min-free-bytes']),
  };
  const uploads = scope.use(new Uploads(join(dataPath, 'files', 'uploads'), writing, clock));
  // Not waited for: a disk that does not answer must not keep the server from starting.
  void writing.names.removeLeftOver();
  void uploads.dropIdle();
  const copyJobs = new FileCopyJobs(clock);
  return {
    modes: [copyJobs.mode],
    connect: (submit) => copyJobs.connect(submit),
    routes: [
      fileReadRoutes(places),
      fileStatRoutes(places),
      filesReadManyRoutes(places),
      fileEditRoutes(places, writing),
      filesWriteManyRoutes(places, writing),
      filePutRoutes(places, writing),
      fileAppendRoutes(places, writing),
      fileMkdirRoutes(places),
      fileDeleteRoutes(places, writing),
      fileArchiveRoutes(places, writing, clock),
      fileUploadRoutes(places, uploads),
      fileListRoutes(places),
      fileMoveRoutes(places, writing),
      fileCopyRoutes(places, writing, copyJobs, clock),
    ],
  };
}
