/** Why a request about files is refused, beyond what any route may refuse. */
import type { PatchFailure } from '../../files/edit/patch-file.ts';
import type { PartFailure } from '../../files/edit/read-part.ts';
import type { BatchFailure } from '../../files/edit/write-many.ts';
import type { GlobInvalid } from '../../files/ignore/path-glob.ts';
import type { ListFailure } from '../../files/list/list.ts';
import type { TextSearchFailure } from '../../files/search/search-text.ts';
import type { UnpackFailure } from '../../files/archive/unpack-failure.ts';
import type { UploadFailure } from '../../files/uploads/upload-failure.ts';
import type { PlaceFailure } from '../../files/place.ts';
import type { CopyEnd } from '../../files/write/copy-run.ts';
import type { AppendFailure } from '../../files/write/in-place.ts';
import type { RemoveFailure } from '../../files/write/remove.ts';
import type { IrregularFile } from '../../platform/files/open-regular.ts';
import type { RawBodyFailure } from '../wire/raw-body.ts';
import { TOO_BUSY } from '../wire/failures.ts';
import { refusals } from '../wire/refusals.ts';

type FileFailure =
  | PlaceFailure
  | IrregularFile
  | PartFailure
  | PatchFailure
  | BatchFailure
  | RawBodyFailure
  | AppendFailure
  | UnpackFailure
  | UploadFailure
  | RemoveFailure
  | Extract<CopyEnd, { readonly ok: false }>['failure']
  | { readonly reason: 'digest-differs' | 'shutting-down' | 'job-not-made' }
  | ListFailure
  | GlobInvalid
  | TextSearchFailure
  | { readonly reason: 'nothing-to-find' }
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
  'is-no-folder': { status: 409, error: 'is no directory' },
  'cursor-invalid': { status: 400, error: 'after is no path in that folder' },
  'glob-invalid': { status: 400, error: ({ detail }) => detail },
  'nothing-to-find': { status: 400, error: 'give text or name, or both' },
  'pattern-invalid': { status: 400, error: ({ detail }) => detail },
  'search-failed': { status: 500, error: ({ detail }) => `the search cannot run: ${detail}` },
  'is-no-file': { status: 409, error: 'is no file, and not opened' },
  'range-not-satisfiable': { status: 416, error: ({ bytes }) => `the range is outside of ${bytes} bytes` },
  'not-text': { status: 415, error: 'it is neither UTF-8 nor UTF-16 with a byte-order mark: read or edit it as bytes' },
  'file-too-large': { status: 413, error: ({ limit }) => `the file has more than ${limit / MIB} MiB` },
  'keeps-changing': { status: 409, error: 'another program keeps changing the file' },
  unwritable: { status: 409, error: ({ code }) => `the system does not let it be written (${code})` },
  unreadable: { status: 409, error: ({ code }) => `the system does not let it be read (${code})` },
  'part-invalid': { status: 400, error: ({ detail }) => detail },
  'beyond-end': { status: 416, error: ({ detail }) => detail },
  'answer-full': {
    status: 413,
    error: ({ limit }) =>
      `all items together have more than ${limit / MIB} MiB: ask for this one again, or for less of it`,
  },
  'edit-invalid': { status: 400, error: ({ detail }) => detail },
  'edits-overlap': {
    status: 400,
    error: ({ edit, other }) => `edits.${Math.max(edit, other)} overlaps edits.${Math.min(edit, other)}`,
  },
  'edit-beyond-end': {
    status: 400,
    error: ({ edit, lines }) => `edits.${edit} is beyond the end: the file has ${lines} lines`,
  },
  'text-not-found': {
    status: 409,
    error: ({ edit, wanted, found }) => `edits.${edit}: old stands in ${found} places, not in ${wanted}`,
  },
  'version-missing': { status: 428, error: 'edits of lines need sha256, or If-Match with a version' },
  stale: { status: 409, error: 'the file is not the one that the edits are about' },
  'named-twice': { status: 400, error: 'another item is about the same file' },
  'content-invalid': { status: 400, error: ({ detail }) => detail },
  'another-content': { status: 412, error: 'the file has another content' },
  'not-written': { status: 424, error: 'not written, because another item is refused' },
  'request-invalid': { status: 400, error: ({ detail }) => detail },
  'content-encoding-refused': {
    status: 415,
    error: 'the body must be sent as it is, without Content-Encoding',
  },
  'key-invalid': { status: 401, error: 'invalid or missing API key' },
  'digest-differs': { status: 400, error: 'the body has another digest than Content-Digest says' },
  protected: { status: 403, error: 'that place must not be deleted, moved or overwritten' },
  'parent-missing': { status: 409, error: 'there is no such folder to put it in' },
  'makes-no-files': {
    status: 409,
    error: 'the system makes no files in that folder; PUT with inPlace=1 writes into one that is there',
  },
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
  'into-itself': { status: 400, error: 'a folder cannot be put into itself' },
  elsewhere: { status: 409, error: 'something is mounted there' },
  aborted: { status: 409, error: 'the copy was ended before it was complete' },
  'shutting-down': { status: 503, error: 'the server is shutting down' },
  'too-busy': { status: 503, error: TOO_BUSY },
  'job-not-made': { status: 500, error: 'the copy takes long, and no job could be made of it: it was ended' },
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
