/** `GET /files/archive` and `PUT /files/archive`: a folder as one stream, out and in. */
import Type from 'typebox';
import type { Clock } from '../../core/clock.ts';
import { archiveStream } from '../../files/archive/archive-stream.ts';
import { Unpacking } from '../../files/archive/unpacking.ts';
import { entryOf } from '../../files/entry.ts';
import { nameOf, type Places } from '../../files/place.ts';
import type { Writing } from '../../files/write/writing.ts';
import { FilesUnpacked } from '../../protocol/files/archive.ts';
import { answer, bytesRequest, raw, refusal } from '../wire/answers.ts';
import { headAnswer } from '../wire/head-answer.ts';
import { lastingAnswer } from '../wire/lasting.ts';
import { exactQuery } from '../wire/query.ts';
import { readPieces } from '../wire/raw-body.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { ALWAYS, inHeader } from './read-routes.ts';
import { GLOB, MAX_GLOBS, readGlobs } from './selection.ts';
import { givenPath, NOT_ALLOWED, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';
import { FLAG } from './write-parameters.ts';
import { NO_ROOM, UPLOAD_REFUSALS } from './write-refusals.ts';

const TYPES = { tar: 'application/x-tar', 'tar.gz': 'application/gzip', zip: 'application/zip' } as const;
const MAX_STRIP = 100;

const FORMAT = Type.Optional(
  Type.Enum(['tar', 'tar.gz', 'zip'], { description: '`tar`, `tar.gz` or `zip`. Default `tar`.' }),
);

export const fileArchiveRoutes = (places: Places, writing: Writing, clock: Clock) =>
  resource('file-archive')
    .get(
      '/files/archive',
      async ({ query, request }) => {
        const given = givenPath(query);
        if (!given.ok) return refuse(given.failure);
        const exclude = readGlobs(query.exclude ?? []);
        if (!exclude.ok) return refuse(exclude.failure);
        const reach = reachOf(places, request);
        const place = reach.find(given.value, true);
        if (!place.ok) return refuse(place.failure);
        const entry = entryOf(reach, place.value);
        if (!entry.ok) return refuse(entry.failure);
        if (entry.value.type !== 'directory') return refuse({ reason: 'is-no-folder' });
        const { format = 'tar', ignore = 'none' } = query;
        const name = `${nameOf(place.value) || 'files'}.${format}`;
        const headers = {
          ...ALWAYS,
          'content-type': TYPES[format],
          'content-disposition': `attachment; filename*=UTF-8''${inHeader(name)}`,
        };
        if (request.method === 'HEAD') return headAnswer(request, { headers }, 'unknown');
        const stream = archiveStream(reach, place.value, {
          format,
          exclude: exclude.value,
          ignore: ignore === 'git',
          now: () => clock.now(),
          signal: request.signal,
        });
        return lastingAnswer(new Response(stream, { headers }), 'cut');
      },
      {
        access: 'files:read',
        slow: true,
        transfer: true,
        ...exactQuery(
          Type.Object({
            ...WHICH,
            format: FORMAT,
            exclude: Type.Optional(
              Type.Array(Type.String(), {
                maxItems: MAX_GLOBS,
                description: `What is left out; a folder that is, is not looked into. ${GLOB} May be given ${MAX_GLOBS} times.`,
              }),
            ),
            ignore: Type.Optional(
              Type.Enum(['git', 'none'], {
                description:
                  '`git` leaves out what the `.gitignore` files of the folders and of those above them, up to the root of the repository, and its `.git/info/exclude` name, and `.git`. Default `none`.',
              }),
            ),
            follow: Type.Optional(Type.Enum(['0'], { description: '`0`, which is all there is: links stay links.' })),
          }),
        ),
        response: {
          200: raw('The archive, of no length that is known beforehand.', '*/*'),
          400: PATH_INVALID,
          403: NOT_ALLOWED,
          404: NOT_THERE,
          409: refusal('It is no folder.'),
        },
        detail: {
          operationId: 'readArchive',
          summary: 'A folder as an archive.',
          description:
            'Names are relative to the folder. Links are packed as links, wherever they lead; pipes, sockets and devices are left out and never opened. What cannot be read, and what changed while it was read (what became shorter is filled with zeros), is named in a last entry, `.agent-server-errors.txt`. A zip is stored, not compressed. The stream breaks off when the key expires, is deleted or rotated.',
          tags: ['Files'],
        },
      },
    )
    .put(
      '/files/archive',
      async ({ query, request }) => {
        const given = givenPath(query);
        if (!given.ok) return refuse(given.failure);
        const reach = reachOf(places, request);
        const place = reach.find(given.value, true);
        if (!place.ok) return refuse(place.failure);
        const { format = 'tar', overwrite, strip = 0 } = query;
        const options = { format, overwrite: overwrite === '1', strip };
        const opened = await Unpacking.create(writing, reach, place.value, options);
        if (!opened.ok) return refuse(opened.failure);
        await using unpacking = opened.value;
        const read = await readPieces(request, (piece) => unpacking.write(piece));
        if (!read.ok) return refuse(read.failure);
        const unpacked = await unpacking.finish();
        return unpacked.ok ? unpacked.value : refuse(unpacked.failure);
      },
      {
        access: 'files:write',
        slow: true,
        transfer: true,
        parse: 'none',
        ...exactQuery(
          Type.Object({
            ...WHICH,
            format: FORMAT,
            overwrite: Type.Optional({
              ...FLAG,
              description: '`1` replaces files and links that are there; else the whole is refused. Default `0`.',
            }),
            strip: Type.Optional(
              Type.Integer({
                minimum: 0,
                maximum: MAX_STRIP,
                description: `How many leading parts of each name are left out, 0 to ${MAX_STRIP}; entries without more are left out, too. Default 0.`,
              }),
            ),
          }),
        ),
        response: {
          200: answer('All of it is unpacked.', FilesUnpacked),
          400: refusal(
            'A parameter is not valid, the path is refused, the archive is cut short or of another format, or one of its entries is refused, which the sentence names. The folder is as it was.',
          ),
          403: refusal(
            'The path is outside of the roots or must not be overwritten, or the system does not permit it.',
          ),
          404: NOT_THERE,
          409: refusal(
            'The folder above it is missing, it is no folder, or something of it is there already, which the sentence names.',
          ),
          413: refusal('It has more than 1,000,000 entries, or more bytes than 100 times what came in and 1 GiB.'),
          507: NO_ROOM,
          ...UPLOAD_REFUSALS,
        },
        detail: {
          operationId: 'writeArchive',
          summary: 'Unpacks an archive into a folder.',
          description:
            'The folder is made where it is missing, and takes up what is in the archive where it is there. All is unpacked beside its place as it comes, checked, then moved in by renames: a refusal leaves the folder as it was, only a crash between two renames can split it. Refused as a whole are archives with names that lead out (`..`, a drive, a leading `/`), that Windows would read otherwise than they show (there), or that differ in letter case alone where that is one name; with links that lead out, entries below a link, devices and pipes. Rights of set-user-id are dropped.',
          tags: ['Files'],
          requestBody: bytesRequest('The archive.'),
        },
      },
    );
