/** Why a folder is not watched, beyond what any route of files refuses. */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { WatchesFailure } from '../../files/watch/watches.ts';
import { refusals } from '../wire/refusals.ts';

export const { refuse } = refusals<WatchesFailure>()({
  gone: { status: 404, error: 'there is no such file or folder' },
  'not-permitted': { status: 403, error: 'the system does not let the user of the server read that folder' },
  'is-no-folder': { status: 409, error: 'is no directory' },
  'is-remote': {
    status: 409,
    error: ({ path }) =>
      `the system does not tell what others change on the file system of ${machinePaths.toText(path)}: give poll=SECONDS, or exclude it`,
  },
  'too-many-folders': { status: 409, error: ({ limit }) => `a watch has at most ${limit} folders: exclude some` },
  'system-limit': { status: 409, error: ({ detail }) => detail },
  'too-many-watches': { status: 409, error: ({ limit }) => `at most ${limit} watches have a reader at once` },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
});
