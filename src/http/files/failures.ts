/** Why a request about files is refused, beyond what any route may refuse. */
import type { GlobInvalid } from '../../files/ignore/path-glob.ts';
import type { ListFailure } from '../../files/list/list.ts';
import type { UnpackFailure } from '../../files/archive/unpack-failure.ts';
import type { PlaceFailure } from '../../files/place.ts';
import type { UploadFailure } from '../../files/uploads/upload-failure.ts';
import type { AppendFailure } from '../../files/write/in-place.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import type { RawBodyFailure } from '../wire/raw-body.ts';
import { refusals } from '../wire/refusals.ts';

type FileFailure =
  | PlaceFailure
  | IrregularFile
  | ListFailure
  | GlobInvalid
  | RawBodyFailure
  | AppendFailure
  | UnpackFailure
  | UploadFailure
  | { readonly reason: 'digest-differs' | 'exists' | 'not-empty' }
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
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'content-encoding-refused': {
    status: 415,
    error: 'the body must be sent as it is, without Content-Encoding',
  },
  'key-invalid': { status: 401, error: 'invalid or missing API key' },
  'digest-differs': { status: 400, error: 'the body has another digest than Content-Digest says' },
  protected: { status: 403, error: 'that place must not be deleted, moved or overwritten' },
  'parent-missing': { status: 409, error: 'there is no such folder to put it in; mkdirs makes it' },
  'size-differs': { status: 409, error: ({ size }) => `the file has ${size} bytes` },
  exists: { status: 409, error: 'something has that name already' },
  'not-empty': { status: 409, error: 'the folder is not empty' },
  'in-use': { status: 409, error: 'in use: another program holds it' },
  'version-differs': {
    status: 412,
    error: ({ version }) => (version === undefined ? 'there is no such file' : 'the file has another version'),
  },
  'no-room': {
    status: 507,
    error: ({ keep }) => `fewer than ${keep} bytes would be left on the disk (--min-free-bytes)`,
  },
  'disk-full': { status: 507, error: ({ code }) => `the disk is full (${code})` },
  'entry-refused': { status: 400, error: ({ detail }) => `the archive is refused: ${detail}` },
  'archive-invalid': { status: 400, error: ({ detail }) => detail },
  'archive-too-large': { status: 413, error: ({ detail }) => `the archive is refused: ${detail}` },
  'entry-exists': { status: 409, error: ({ name }) => `${JSON.stringify(name)} is there already` },
  'upload-unknown': { status: 404, error: 'there is no such upload' },
  'offset-differs': { status: 409, error: ({ offset }) => `the next part begins at ${offset}` },
  'upload-busy': { status: 409, error: 'another request has hold of the upload' },
  'upload-incomplete': { status: 409, error: ({ offset }) => `only ${offset} bytes have come` },
  'upload-too-long': { status: 400, error: ({ size }) => `the upload has only ${size} bytes` },
  'upload-hash-differs': { status: 400, error: 'what has come has another SHA-256 than was said' },
  'uploads-too-many': { status: 409, error: ({ limit }) => `there are ${limit} uploads already` },
  'not-found': { status: 404, error: 'there is no such file or folder' },
});
