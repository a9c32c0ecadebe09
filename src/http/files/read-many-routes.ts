/** `POST /files/read`: many small files, or parts of files, at once. */
import { MAX_PARTS_BYTES, readPart, sizeOf, type Part } from '../../files/edit/read-part.ts';
import type { Places } from '../../files/place.ts';
import { FilesRead, FilesReadRequest } from '../../protocol/files/read-many.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { sentenceOf, statusOf } from './failures.ts';
import { formatView } from './text-format-view.ts';
import { reachOf } from './which.ts';

const partView = ({ content, version, size, sha256, format }: Part) => ({
  ...(typeof content === 'string' ? { text: content } : { base64: Buffer.from(content).toString('base64') }),
  version,
  size,
  ...(sha256 !== undefined && { sha256 }),
  ...(format !== undefined && formatView(format)),
});

export const filesReadManyRoutes = (places: Places) =>
  resource('files-read-many').post(
    '/files/read',
    async ({ body, request }) => {
      const reach = reachOf(places, request);
      const items: FilesRead['items'] = [];
      let room = MAX_PARTS_BYTES;
      // One after the other: only one of them is in memory as a whole.
      for (const { path, encoding, ...wanted } of body.items) {
        request.signal.throwIfAborted();
        const place = reach.find({ text: path }, true);
        const as = encoding === 'base64' ? 'bytes' : 'text';
        const part = place.ok ? await readPart(reach, place.value, { ...wanted, as }, room) : place;
        if (part.ok) room -= sizeOf(part.value.content);
        items.push(
          part.ok
            ? { path, ok: true, ...partView(part.value) }
            : { path, ok: false, error: sentenceOf(part.failure), status: statusOf(part.failure) },
        );
      }
      return { items };
    },
    {
      access: 'files:read',
      slow: true,
      large: true,
      ...noQuery,
      ...jsonBody(FilesReadRequest),
      response: {
        200: answer('One item for each that was asked for, in their order.', FilesRead),
        400: refusal('The body is not valid.'),
      },
      detail: {
        operationId: 'readFiles',
        summary: 'Many small files, or parts of files.',
        description:
          'Text by lines, or bytes by offset. All items together have at most 8 MiB; one that does not fit has the status 413, and later ones may still fit. A file of up to 16 MiB is read as a whole, so that its hash, its lines and its line ends come with every part of it: what an edit needs. Of a larger one only spans of bytes are read, by `offset`. What is neither UTF-8 nor UTF-16 with a byte-order mark has the status 415 as text. A part that begins beyond the end has the status 416. An item that is refused is no error of the whole. Nothing but a file is ever opened; those of `/proc` are read to their end.',
        tags: ['Files'],
      },
    },
  );
