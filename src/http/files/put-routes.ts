/** `PUT /files`: a file as a whole, of any size, as its bytes come. */
import Type from 'typebox';
import { InPlaceFile } from '../../files/write/in-place.ts';
import { StagedFile } from '../../files/write/staged-file.ts';
import type { Writing } from '../../files/write/writing.ts';
import { placeToMake } from '../../files/write/place-to-make.ts';
import type { Places } from '../../files/place.ts';
import { FileEntry } from '../../protocol/files.ts';
import { MODIFIED_AT } from '../../protocol/files/modified-at.ts';
import { answer, bytesRequest, refusal } from '../wire/answers.ts';
import { exactQuery } from '../wire/query.ts';
import { declaredLength, readPieces } from '../wire/raw-body.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { digestIn } from './content-digest.ts';
import { refuse } from './failures.ts';
import { tagOf } from './preconditions.ts';
import { entryView } from './view.ts';
import { givenPath, reachOf, WHICH } from './which.ts';
import { expectedIn, FLAG, millisecondsIn, MODE_WORDS, modeIn } from './write-parameters.ts';
import { ANOTHER_VERSION, NO_ROOM, refuseWrite, UPLOAD_REFUSALS } from './write-refusals.ts';

const HEADERS = headers(
  Type.Object({
    'If-Match': Type.Optional(Type.String({ description: '`ETag` of the version that is replaced, else 412.' })),
    'If-None-Match': Type.Optional(Type.String({ description: '`*`: only where nothing is, else 412.' })),
    'Content-Digest': Type.Optional(
      Type.String({ description: '`sha-256=:…:`, the SHA-256 of the body in base64 (RFC 9530), else 400.' }),
    ),
  }),
);

export const filePutRoutes = (places: Places, writing: Writing) =>
  resource('file-put').put(
    '/files',
    async ({ query, headers: asked, request, set, status }) => {
      const given = givenPath(query);
      if (!given.ok) return refuse(given.failure);
      const mode = modeIn(query.mode);
      if (!mode.ok) return refuse(mode.failure);
      const expected = expectedIn(asked['If-Match'], asked['If-None-Match']);
      if (!expected.ok) return refuse(expected.failure);
      const digest = digestIn(asked['Content-Digest']);
      if (!digest.ok) return refuse(digest.failure);
      const reach = reachOf(places, request);
      const place = placeToMake(reach, given.value, true);
      if (!place.ok) return refuse(place.failure);

      const options = {
        mode: mode.value,
        modifiedAt: millisecondsIn(query.modifiedAt),
        mkdirs: query.mkdirs === '1',
        size: declaredLength(request),
      };
      const opened =
        query.inPlace === '1'
          ? await InPlaceFile.openEmpty(writing, reach, place.value, { ...options, expected: expected.value })
          : await StagedFile.open(writing, reach, place.value, { ...options, expected: expected.value });
      if (!opened.ok) return refuseWrite(opened.failure);
      await using file = opened.value;
      const read = await readPieces(request, (piece) => file.write(piece));
      if (!read.ok) return refuse(read.failure);
      if (digest.value !== undefined && digest.value !== file.sha256) return refuse({ reason: 'digest-differs' });
      const written = await file.finish(expected.value);
      if (!written.ok) return refuseWrite(written.failure);

      const { entry, sha256, made } = written.value;
      set.headers['etag'] = tagOf(entry.version);
      return status(made ? 201 : 200, entryView(entry, sha256));
    },
    {
      access: 'files:write',
      slow: true,
      transfer: true,
      parse: 'none',
      ...exactQuery(
        Type.Object({
          ...WHICH,
          mkdirs: Type.Optional({ ...FLAG, description: '`1` makes missing folders above it. Default `0`.' }),
          mode: Type.Optional(
            Type.String({
              description: `${MODE_WORDS} Default: those of the old file; of a new one \`0644\` less the umask.`,
            }),
          ),
          modifiedAt: MODIFIED_AT,
          inPlace: Type.Optional({
            ...FLAG,
            description:
              '`1` writes into the file that is there: its hard links keep up and it needs no room twice, but whatever breaks off shows in it. Default `0`.',
          }),
        }),
      ),
      headers: HEADERS,
      response: {
        200: answer('The file that was there is replaced.', FileEntry),
        201: answer('There was none, and it is made.', FileEntry),
        400: refusal(
          'A parameter or header is not valid, the path is refused, the body is shorter than its `Content-Length`, or it has another digest. The old file is as it was, unless `inPlace` was asked.',
        ),
        403: refusal('The path is outside of the roots or must not be overwritten, or the system does not permit it.'),
        404: refusal('The file was removed as soon as it was written.'),
        409: refusal(
          'The folder above it is missing, or what is there is a folder, a pipe, a socket or a device, or another program holds it (Windows).',
        ),
        412: ANOTHER_VERSION,
        507: NO_ROOM,
        ...UPLOAD_REFUSALS,
      },
      detail: {
        operationId: 'writeFile',
        summary: 'Writes a file as a whole.',
        description:
          'The body is the file, of any size; it is written beside the target as it comes (`.NAME.….agent-server`), then renamed over it, so that readers and crashes find the old bytes or the new ones. Links are followed, within the roots, and stay links. Mode and, where the user of the server may give files away, owner stay; rights of set-user-id go. The answer has the SHA-256 of what was written.',
        tags: ['Files'],
        requestBody: bytesRequest('The bytes of the file.'),
      },
    },
  );
