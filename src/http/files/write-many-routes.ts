/** `POST /files/write`: many small files at once, each as a whole. */
import { fail, ok, type Result } from '../../core/failure.ts';
import { writeAll, writeEach, type BatchFailure, type Outcome, type WriteItem } from '../../files/edit/write-many.ts';
import type { Places } from '../../files/place.ts';
import type { Editing } from '../../files/edit/editing.ts';
import { FilesNotWritten, FilesWriteRequest, FilesWritten } from '../../protocol/files/write-many.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { sentenceOf, statusOf } from './failures.ts';
import { reachOf } from './which.ts';

const CONTENT_BYTES = 8 * 1024 * 1024;
/** So that as many bytes fit as base64. */
const BODY_BYTES = 12 * 1024 * 1024;

function itemOf(item: FilesWriteRequest['items'][number]): Result<WriteItem, BatchFailure> {
  const { path, text, base64, mode, mkdirs = false, sha256, version } = item;
  const invalid = (detail: string) => fail({ reason: 'content-invalid', detail } as const);
  if ((text === undefined) === (base64 === undefined)) return invalid('give text or base64, one of them');
  if (sha256 !== undefined && version !== undefined) return invalid('give sha256 or version, not both');
  const content = Buffer.from(text ?? base64 ?? '', text === undefined ? 'base64' : 'utf8');
  // Buffer skips what is no base64.
  if (base64 !== undefined && content.toString('base64') !== base64)
    return invalid('base64 must be base64, with its padding');
  return ok({
    given: { text: path },
    content,
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
    mkdirs,
    condition:
      sha256 !== undefined
        ? { sha256: sha256.toLowerCase() }
        : version === undefined || version === 'none'
          ? version
          : { version },
  });
}

function outcomeView(path: string, outcome: Outcome): FilesWritten['items'][number] {
  if (outcome.ok) {
    const { entry, sha256, made } = outcome.value;
    return { path, ok: true, made, size: entry.size, sha256, version: entry.version };
  }
  const { failure } = outcome;
  const about = { path, ok: false as const, error: sentenceOf(failure), status: statusOf(failure) };
  if (failure.reason === 'another-content') return { ...about, sha256: failure.sha256, version: failure.version };
  return failure.reason === 'version-differs' && failure.version !== undefined
    ? { ...about, version: failure.version }
    : about;
}

export const filesWriteManyRoutes = (places: Places, writing: Editing) =>
  resource('files-write-many').post(
    '/files/write',
    async ({ body, request, status }) => {
      const items = body.items.map(itemOf);
      const bytes = items.reduce((sum, item) => sum + (item.ok ? item.value.content.length : 0), 0);
      if (bytes > CONTENT_BYTES) return status(413, { error: 'all contents together have more than 8 MiB' });
      const write = body.atomic === true ? writeAll : writeEach;
      const outcomes = await write(writing, reachOf(places, request), items, request.signal);
      const written = outcomes.map((outcome, at) => outcomeView(body.items[at]?.path ?? '', outcome));
      const count = written.filter((item) => item.ok).length;
      if (body.atomic !== true || count === written.length) return { items: written };
      const error =
        count === 0 ? 'one of the items is refused: none is written' : `only ${count} of the items could be written`;
      return status(409, { error, items: written });
    },
    {
      access: 'files:write',
      slow: true,
      large: true,
      ...noQuery,
      ...jsonBody(FilesWriteRequest, { limit: BODY_BYTES, nul: true }),
      response: {
        200: answer('One item for each that was asked for, in their order.', FilesWritten),
        400: refusal('The body is not valid.'),
        409: answer(
          'Of an atomic request: an item is refused, so none is written. Where the system refuses a rename that should have gone well, those before it are written, which their items say.',
          FilesNotWritten,
        ),
        413: refusal('The body has more than 12 MiB, or all contents together more than 8 MiB.'),
      },
      detail: {
        operationId: 'writeFiles',
        summary: 'Writes many small files.',
        description:
          'Each is written beside its target and renamed over it, as `PUT /files` does. The body may have 12 MiB, all contents together 8 MiB. Without `atomic` an item that is refused is no error of the whole: each stands for itself, and one after the other is written. With `atomic` no two items may be about one file. A crash between two renames can split them: the next start of the server says in its log which are written and which are not.',
        tags: ['Files'],
      },
    },
  );
