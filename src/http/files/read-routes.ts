/** `GET /files`: the bytes of a file, with ranges and versions, which is why the handler makes its responses itself. */
import Type from 'typebox';
import { openForReading, type ReadableFile } from '../../files/read.ts';
import { nameOf, type Places } from '../../files/place.ts';
import { FileVersionRefused } from '../../protocol/files.ts';
import { answer, empty, raw, refusal } from '../wire/answers.ts';
import { headAnswer } from '../wire/head-answer.ts';
import { lastingAnswer } from '../wire/lasting.ts';
import { exactQuery } from '../wire/query.ts';
import { parseRange } from '../wire/range.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { names, namesWeakly, tagOf } from './preconditions.ts';
import { givenPath, NOT_ALLOWED, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';

/** More is sent piece by piece, without a `Content-Length`, which Bun does not send with a stream. */
const AT_ONCE_BYTES = 1024 * 1024;
const UNNAMED_TYPE = 'application/octet-stream';

/** `sandbox`: a page among the files would otherwise act as the console, whose origin this is. */
export const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': 'sandbox',
  'cache-control': 'private, no-cache',
} as const;

const HEADERS = headers(
  Type.Object({
    Range: Type.Optional(Type.String({ description: '`bytes=FROM-TO`, `bytes=FROM-` or `bytes=-LAST`.' })),
    'If-Range': Type.Optional(Type.String({ description: '`Range` counts only for the version with this `ETag`.' })),
    'If-Match': Type.Optional(Type.String({ description: '`ETag` of the version that is wanted, else 412.' })),
    'If-None-Match': Type.Optional(Type.String({ description: '`ETag` of a version that is there already: 304.' })),
  }),
);

/** `name`: for its type, and for a browser that saves it. */
function headersOf({ version, modifiedAt, size }: ReadableFile, name: string, download: boolean) {
  return {
    ...ALWAYS,
    etag: tagOf(version),
    'last-modified': new Date(modifiedAt).toUTCString(),
    'content-type': Bun.file(name).type || UNNAMED_TYPE,
    'accept-ranges': size === 0 ? 'none' : 'bytes',
    ...(download && { 'content-disposition': `attachment; filename*=UTF-8''${inHeader(name)}` }),
  };
}

/** RFC 8187: what `encodeURIComponent` leaves as it is and a header may not have. */
export const inHeader = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);

export const fileReadRoutes = (places: Places) =>
  resource('file-read').get(
    '/files',
    async ({ query: { path, pathBytes, download }, headers: asked, request, set, status }) => {
      const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
      if (!given.ok) return refuse(given.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, true);
      if (!place.ok) return refuse(place.failure);
      const opened = await openForReading(reach, place.value);
      if (!opened.ok) return refuse(opened.failure);
      await using file = opened.value;
      const { version, size } = file;
      const { 'If-Match': ifMatch, 'If-None-Match': ifNoneMatch, 'If-Range': ifRange } = asked;
      if (ifMatch !== undefined && !names(ifMatch, version))
        return status(412, { error: 'the file has another version', version });
      const { 'content-type': type, ...sent } = headersOf(file, nameOf(place.value), download === '1');
      if (ifNoneMatch !== undefined && namesWeakly(ifNoneMatch, version))
        return new Response(null, { status: 304, headers: sent });
      const full = { ...sent, 'content-type': type };
      // How much there is of what says 0 shows only at its end: there are no parts of it.
      if (size === 0) {
        if (request.method === 'HEAD') return headAnswer(request, { headers: full }, 'unknown');
        const stream = file.stream(0, undefined, request.signal);
        return lastingAnswer(new Response(stream, { headers: full }), 'cut');
      }
      const isRanged = ifRange === undefined || ifRange.trim() === tagOf(version);
      const range = isRanged ? parseRange(asked.Range, size) : undefined;
      if (range === 'unsatisfiable') {
        set.headers['content-range'] = `bytes */${size}`;
        return refuse({ reason: 'range-not-satisfiable', bytes: size });
      }
      const { from, to } = range ?? { from: 0, to: size };
      const init = {
        status: range === undefined ? 200 : 206,
        headers: range === undefined ? full : { ...full, 'content-range': `bytes ${from}-${to - 1}/${size}` },
      };
      if (request.method === 'HEAD') return headAnswer(request, init, to - from);
      if (to - from <= AT_ONCE_BYTES) {
        const bytes = await file.bytes(from, to);
        // It has become shorter since its head was made.
        return bytes.length < to - from ? refuse({ reason: 'keeps-changing' }) : new Response(bytes, init);
      }
      return lastingAnswer(new Response(file.stream(from, to, request.signal), init), 'cut');
    },
    {
      access: 'files:read',
      slow: true,
      transfer: true,
      ...exactQuery(
        Type.Object({
          ...WHICH,
          download: Type.Optional(
            Type.Enum(['0', '1'], { description: '`1` has a browser save it under its name. Default `0`.' }),
          ),
        }),
      ),
      headers: HEADERS,
      response: {
        200: raw('All of it.', '*/*'),
        206: raw('The range that was asked for.', '*/*'),
        304: empty('It is the version that `If-None-Match` names.'),
        400: PATH_INVALID,
        403: NOT_ALLOWED,
        404: NOT_THERE,
        409: refusal(
          'It is a folder, a pipe, a socket or a device, which is not opened, became shorter while it was read, is held by another program (Windows), or the system does not let it be read.',
        ),
        412: answer('It is not the version that `If-Match` names.', FileVersionRefused),
        416: refusal('The range begins beyond the end.'),
      },
      detail: {
        operationId: 'readFile',
        summary: 'The bytes of a file.',
        description:
          'Links are followed, within the roots. `ETag` is the `version` of the entry in quotes. Honours a `Range` of a single span of bytes. More than 1 MiB is sent without `Content-Length`, which `HEAD` returns; it breaks off when the file becomes shorter meanwhile, and when the key expires, is deleted or rotated. A file that is made as it is read, such as those of `/proc` and `/sys`, is read to its end, without ranges. `Content-Type` is guessed from the name; browsers neither guess again nor run what is in it (`nosniff`, `Content-Security-Policy: sandbox`).',
        tags: ['Files'],
      },
    },
  );
