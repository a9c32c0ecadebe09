/** Why a request about files is refused, beyond what any route may refuse. */
import type { GlobInvalid } from '../../files/ignore/path-glob.ts';
import type { ListFailure } from '../../files/list/list.ts';
import type { PlaceFailure } from '../../files/place.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import { refusals } from '../wire/refusals.ts';

type FileFailure =
  | PlaceFailure
  | IrregularFile
  | ListFailure
  | GlobInvalid
  | { readonly reason: 'range-not-satisfiable'; readonly bytes: number };

export const { refuse, statusOf, sentenceOf } = refusals<FileFailure>()({
  'path-invalid': { status: 400, error: ({ detail }) => detail },
  'outside-roots': { status: 403, error: 'outside of the roots' },
  'not-permitted': {
    status: 403,
    error: ({ code }) => `the system does not let the user of the server do that (${code})`,
  },
  'is-folder': { status: 409, error: 'is a directory' },
  'is-no-folder': { status: 409, error: 'is no directory' },
  'cursor-invalid': { status: 400, error: 'after is no path in that folder' },
  'glob-invalid': { status: 400, error: ({ detail }) => detail },
  'is-no-file': { status: 409, error: 'is no file, and not opened' },
  'range-not-satisfiable': { status: 416, error: ({ bytes }) => `the range is outside of ${bytes} bytes` },
  'not-found': { status: 404, error: 'there is no such file or folder' },
});
