/** Why a request about files is refused, beyond what any route may refuse. */
import type { PartFailure } from '../../files/edit/read-part.ts';
import type { PlaceFailure } from '../../files/place.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import { refusals } from '../wire/refusals.ts';

type FileFailure =
  | PlaceFailure
  | IrregularFile
  | PartFailure
  | { readonly reason: 'range-not-satisfiable'; readonly bytes: number };

const MIB = 1024 * 1024;

export const { refuse, statusOf, sentenceOf } = refusals<FileFailure>()({
  'path-invalid': { status: 400, error: ({ detail }) => detail },
  'outside-roots': { status: 403, error: 'outside of the roots' },
  'not-permitted': {
    status: 403,
    error: ({ code }) => `the system does not let the user of the server do that (${code})`,
  },
  'is-folder': { status: 409, error: 'is a directory' },
  'is-no-file': { status: 409, error: 'is no file, and not opened' },
  'range-not-satisfiable': { status: 416, error: ({ bytes }) => `the range is outside of ${bytes} bytes` },
  'not-text': { status: 415, error: 'it is neither UTF-8 nor UTF-16 with a byte-order mark: read or edit it as bytes' },
  'file-too-large': { status: 413, error: ({ limit }) => `the file has more than ${limit / MIB} MiB` },
  'keeps-changing': { status: 409, error: 'another program keeps changing the file' },
  unreadable: { status: 409, error: ({ code }) => `the system does not let it be read (${code})` },
  'part-invalid': { status: 400, error: ({ detail }) => detail },
  'beyond-end': { status: 416, error: ({ detail }) => detail },
  'answer-full': {
    status: 413,
    error: ({ limit }) =>
      `all items together have more than ${limit / MIB} MiB: ask for this one again, or for less of it`,
  },
  'not-found': { status: 404, error: 'there is no such file or folder' },
});
