/** `/files/uploads`: files that come in parts, over connections that break. */
import Type from 'typebox';
import { toSeconds } from '../../core/clock.ts';
import type { Places } from '../../files/place.ts';
import type { Upload, UploadCaller, Uploads } from '../../files/uploads/uploads.ts';
import { FileEntry } from '../../protocol/files.ts';
import { Upload as UploadShape, UploadDropped, UploadRefused, UploadRequest } from '../../protocol/files/uploads.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import { callerOf } from '../caller.ts';
import { INHERITED_KEY_ID } from '../keyring.ts';
import { answer, bytesRequest, empty, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { readPieces } from '../wire/raw-body.ts';
import { resource } from '../wire/routes.ts';
import { headers, parameters } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { refuseFinish, refuseOffset, refusePart, refuseUpload } from './upload-refusals.ts';
import { entryView } from './view.ts';
import { reachOf } from './which.ts';
import { millisecondsIn, modeIn } from './write-parameters.ts';
import { ANOTHER_VERSION, NO_ROOM, UPLOAD_REFUSALS } from './write-refusals.ts';

const OFFSET_HEADER = 'upload-offset';
const OFFSET_MISSING = { reason: 'request-invalid', detail: 'Upload-Offset is missing' } as const;
const UPLOAD = parameters(Type.Object({ id: Type.String({ description: 'Id of the upload.' }) }));
const NO_PARAMETERS = refusal('It has parameters, of which there are none.');
const UNKNOWN = refusal('There is no such upload, it was idle for 24 hours, or it is another key’s.');
const OUTSIDE = refusal('The path is outside of the roots by now.');
const NOT_ALLOWED = refusal('The path is outside of the roots by now, or the system does not permit it.');
const NOT_WRITTEN = refusal(
  'The path is outside of the roots or must not be overwritten, or the system does not permit it.',
);

const view = ({ note, offset, expiresAt }: Upload): UploadShape => ({
  id: note.id,
  path: machinePaths.toText(note.shown),
  size: note.size,
  offset,
  expiresAt: toSeconds(expiresAt),
});

export function fileUploadRoutes(places: Places, uploads: Uploads) {
  const uploaderOf = (request: Request): UploadCaller => {
    const keyId = callerOf(request)?.keyId ?? '';
    return { keyId, mayUseAll: keyId === INHERITED_KEY_ID, reach: reachOf(places, request) };
  };
  return resource('file-uploads')
    .post(
      '/files/uploads',
      async ({ body: { path, mode: given, modifiedAt, ...rest }, request, set, status }) => {
        const mode = modeIn(given);
        if (!mode.ok) return refuse(mode.failure);
        const caller = uploaderOf(request);
        const place = caller.reach.find({ text: path }, true);
        if (!place.ok) return refuse(place.failure);
        const made = await uploads.create(caller, place.value, {
          ...rest,
          mode: mode.value,
          modifiedAt: millisecondsIn(modifiedAt),
        });
        if (!made.ok) return refuseUpload(made.failure);
        set.headers[OFFSET_HEADER] = '0';
        return status(201, view(made.value));
      },
      {
        access: 'files:write',
        ...noQuery,
        ...jsonBody(UploadRequest),
        response: {
          201: answer('It is begun.', UploadShape),
          400: refusal('The body is not valid, or the path is refused.'),
          403: NOT_WRITTEN,
          404: refusal('It was removed as soon as it was made.'),
          409: answer(
            'The folder above it is missing, what is there is no file, or there are 1,000 uploads already.',
            UploadRefused,
          ),
          507: NO_ROOM,
        },
        detail: {
          operationId: 'createUpload',
          summary: 'Begins a file that comes in parts.',
          description:
            'For large files over connections that break: parts follow with `PATCH`, `GET` tells where to go on, `POST …/finish` puts the file in its place. What has come survives a restart of the server; after 24 hours without a part it is dropped. Only the key that has begun it, and the inherited one, can go on with it.',
          tags: ['Files'],
        },
      },
    )
    .get(
      '/files/uploads/:id',
      async ({ params: { id }, request, set }) => {
        const upload = await uploads.get(id, uploaderOf(request));
        if (!upload.ok) return refuse(upload.failure);
        set.headers[OFFSET_HEADER] = String(upload.value.offset);
        return view(upload.value);
      },
      {
        access: 'files:write',
        ...noQuery,
        params: UPLOAD,
        response: {
          200: answer('How far it is.', UploadShape),
          400: NO_PARAMETERS,
          403: OUTSIDE,
          404: UNKNOWN,
        },
        detail: {
          operationId: 'getUpload',
          summary: 'How far an upload is.',
          description: 'The same offset is in the header `Upload-Offset`. It is never more than what is on the disk.',
          tags: ['Files'],
        },
      },
    )
    .patch(
      '/files/uploads/:id',
      async ({ params: { id }, headers: { 'Upload-Offset': offset }, request }) => {
        if (offset === undefined) return refuse(OFFSET_MISSING);
        const opened = await uploads.append(id, uploaderOf(request), offset);
        if (!opened.ok) return refuseUpload(opened.failure);
        await using writer = opened.value;
        const read = await readPieces(request, (piece) => writer.write(piece));
        const synced = await writer.sync();
        if (!read.ok) return refusePart(read.failure);
        if (!synced.ok) return refuseUpload(synced.failure);
        return new Response(null, { status: 204, headers: { [OFFSET_HEADER]: String(writer.offset) } });
      },
      {
        access: 'files:write',
        slow: true,
        transfer: true,
        parse: 'none',
        ...noQuery,
        params: UPLOAD,
        headers: headers(
          Type.Object({
            'Upload-Offset': Type.Optional(
              Type.Integer({ minimum: 0, description: 'Where this part begins: all that has come. It must be there.' }),
            ),
          }),
        ),
        response: {
          204: empty('It has come; `Upload-Offset` says where the next one begins.'),
          400: refusal(
            'The header is not valid, the part is longer than what is left, or the body broke off: what has come of it stays.',
          ),
          403: NOT_ALLOWED,
          404: UNKNOWN,
          409: answer(
            'The part does not begin where the last one ended, which `offset` tells, or another request has hold of the upload.',
            UploadRefused,
          ),
          507: NO_ROOM,
          ...UPLOAD_REFUSALS,
        },
        detail: {
          operationId: 'appendUpload',
          summary: 'A part of an upload.',
          description:
            'One request at a time: the first of two takes the upload, the other one gets 409. What came before a connection broke stays.',
          tags: ['Files'],
          requestBody: bytesRequest('The bytes from `Upload-Offset` on, as many as there are.'),
        },
      },
    )
    .post(
      '/files/uploads/:id/finish',
      async ({ params: { id }, request, status }) => {
        const written = await uploads.finish(id, uploaderOf(request), request.signal);
        if (!written.ok) return refuseFinish(written.failure);
        const { entry, sha256, made } = written.value;
        return status(made ? 201 : 200, entryView(entry, sha256));
      },
      {
        access: 'files:write',
        slow: true,
        transfer: true,
        parse: 'none',
        ...noQuery,
        params: UPLOAD,
        response: {
          200: answer('The file that was there is replaced.', FileEntry),
          201: answer('There was none, and it is made.', FileEntry),
          400: refusal('It has another SHA-256 than was said. Nothing is replaced, and the upload stays.'),
          403: NOT_WRITTEN,
          404: UNKNOWN,
          409: answer(
            'Bytes are missing (`offset` tells how many have come), another request has hold of the upload, the folder is gone, or what is there is no file.',
            UploadRefused,
          ),
          412: ANOTHER_VERSION,
          507: NO_ROOM,
        },
        detail: {
          operationId: 'finishUpload',
          summary: 'Puts an upload in its place.',
          description: 'All of it is read once for its SHA-256, then renamed over the target. No body.',
          tags: ['Files'],
        },
      },
    )
    .delete(
      '/files/uploads/:id',
      async ({ params: { id }, request }) => {
        const dropped = await uploads.drop(id, uploaderOf(request));
        if (dropped.ok) return { dropped: true as const, id };
        const { failure } = dropped;
        return failure.reason === 'upload-busy' ? refuseOffset(failure) : refuse(failure);
      },
      {
        access: 'files:write',
        parse: 'none',
        ...noQuery,
        params: UPLOAD,
        response: {
          200: answer('Nothing of it is left; the target is as it was.', UploadDropped),
          400: NO_PARAMETERS,
          403: OUTSIDE,
          404: UNKNOWN,
          409: answer('Another request has hold of it.', UploadRefused),
        },
        detail: {
          operationId: 'deleteUpload',
          summary: 'Drops an upload.',
          description: 'What has come of it is removed.',
          tags: ['Files'],
        },
      },
    );
}
