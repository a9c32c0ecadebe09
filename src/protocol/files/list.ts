/** What is in a folder, on the wire. */
import Type, { type Static } from 'typebox';
import { FileEntry } from '../files.ts';

export const FileListing = Type.Object(
  {
    items: Type.Array(FileEntry, {
      description: 'A folder comes before what is in it; names are in the order of their bytes.',
    }),
    next: Type.Union([Type.String(), Type.Null()], {
      description:
        'What `after` is for the next page: the path of the last item, or `bytes:` and it in base64, where it is no UTF-8. Null: that was all.',
    }),
    skipped: Type.Array(
      Type.Object({
        path: Type.String({ description: 'A folder that could not be looked into.' }),
        error: Type.String({ description: 'Why, in one sentence.' }),
      }),
      { description: 'Found on this page.' },
    ),
  },
  { $id: 'FileListing' },
);
export type FileListing = Static<typeof FileListing>;
