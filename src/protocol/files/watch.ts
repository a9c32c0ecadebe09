/** Events of a watched folder on the wire. */
import Type, { type Static } from 'typebox';
import { FileEntry } from '../files.ts';

export const FileWatchEvent = Type.Object(
  {
    seq: Type.Integer({
      minimum: 1,
      description: 'Number of the event in its watch. The `id` of the event is `<watch>-<seq>`.',
    }),
    type: Type.Enum(['create', 'change', 'delete', 'overflow', 'ready'], {
      description:
        '`ready`: from now on every change is told. `create`, `change`, `delete`: of `path`; a rename is a `delete` and a `create`. `overflow`: changes may be missing, list the folder again. The first two have an `entry`, unless nothing is there any more when they are sent.',
    }),
    path: Type.String({
      description: 'The path, below the one that was asked for. Of `overflow` and `ready` it is that one itself.',
    }),
    pathBytes: Type.Optional(Type.String({ description: 'The path in base64, where it is no UTF-8.' })),
    entry: Type.Optional(FileEntry),
  },
  { $id: 'FileWatchEvent', description: 'Something in a watched folder has changed.' },
);
export type FileWatchEvent = Static<typeof FileWatchEvent>;
