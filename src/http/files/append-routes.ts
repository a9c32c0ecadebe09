/** `POST /files/append`: bytes behind those that a file has. */
import Type from 'typebox';
import { InPlaceFile } from '../../files/write/in-place.ts';
import type { Writing } from '../../files/write/writing.ts';
import type { Places } from '../../files/place.ts';
import { FileEntry } from '../../protocol/files.ts';
import { FileSizeRefused } from '../../protocol/files/write.ts';
import { answer, bytesRequest, refusal } from '../wire/answers.ts';
import { exactQuery } from '../wire/query.ts';
import { declaredLength, readPieces } from '../wire/raw-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse, sentenceOf } from './failures.ts';
import { tagOf } from './preconditions.ts';
import { entryView } from './view.ts';
import { givenPath, NOT_THERE, reachOf, WHICH } from './which.ts';
import { NO_ROOM, UPLOAD_REFUSALS } from './write-refusals.ts';

export const fileAppendRoutes = (places: Places, writing: Writing) =>
  resource('file-append').post(
    '/files/append',
    async ({ query, request, set, status }) => {
      const given = givenPath(query);
      if (!given.ok) return refuse(given.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, true);
      if (!place.ok) return refuse(place.failure);
      const size = declaredLength(request);
      const opened = await InPlaceFile.openEnd(writing, reach, place.value, { at: query.at, size });
      if (!opened.ok) {
        const { failure } = opened;
        return failure.reason === 'size-differs'
          ? status(409, { error: sentenceOf(failure), size: failure.size })
          : refuse(failure);
      }
      await using file = opened.value;
      const read = await readPieces(request, (piece) => file.write(piece));
      if (!read.ok) return refuse(read.failure);
      const written = await file.finish();
      if (!written.ok) return refuse(written.failure);
      set.headers['etag'] = tagOf(written.value.entry.version);
      return entryView(written.value.entry);
    },
    {
      access: 'files:write',
      slow: true,
      transfer: true,
      parse: 'none',
      ...exactQuery(
        Type.Object({
          ...WHICH,
          at: Type.Optional(
            Type.Integer({
              minimum: 0,
              description: 'The size that the file must have now, in bytes, else 409. Default: whichever.',
            }),
          ),
        }),
      ),
      response: {
        200: answer('It is appended.', FileEntry),
        400: refusal(
          'A parameter is not valid, the path is refused, or the body is shorter than its `Content-Length`: none of it is kept.',
        ),
        403: refusal('The path is outside of the roots or must not be changed, or the system does not permit it.'),
        404: NOT_THERE,
        409: answer('The file has another size, which `size` tells, or it is none.', FileSizeRefused),
        507: NO_ROOM,
        ...UPLOAD_REFUSALS,
      },
      detail: {
        operationId: 'appendFile',
        summary: 'Appends to a file.',
        description:
          'One request at a time writes to a file; the others wait. Other programs do not: what they append may be in between. A body that breaks off is taken back, unless another program has gone on behind it.',
        tags: ['Files'],
        requestBody: bytesRequest('The bytes to append.'),
      },
    },
  );
