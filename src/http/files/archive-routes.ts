/** `GET`, `POST` and `PUT /files/archive`: a folder, or some of what is in it, as one stream, out and in. */
import Type from 'typebox';
import type { Clock } from '../../core/clock.ts';
import { fail, type Result } from '../../core/failure.ts';
import type { ArchiveFormat } from '../../files/archive/archive-format.ts';
import { archiveStream } from '../../files/archive/archive-stream.ts';
import { entriesOf } from '../../files/archive/folder-entries.ts';
import { namedEntriesOf, readNames } from '../../files/archive/named-entries.ts';
import { Unpacking } from '../../files/archive/unpacking.ts';
import { entryOf } from '../../files/entry.ts';
import { nameOf, type GivenPath, type Place, type PlaceFailure, type Places, type Reach } from '../../files/place.ts';
import type { Writing } from '../../files/write/writing.ts';
import { ArchiveRequest, FilesUnpacked } from '../../protocol/files/archive.ts';
import { answer, bytesRequest, raw, refusal } from '../wire/answers.ts';
import type { JsonObject } from '../wire/body.ts';
import { headAnswer } from '../wire/head-answer.ts';
import { jsonBody } from '../wire/json-body.ts';
import { lastingAnswer } from '../wire/lasting.ts';
import { exactQuery, noQuery } from '../wire/query.ts';
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

const ARCHIVE = raw('The archive, of no length that is known beforehand.', '*/*');
const NO_FOLDER = refusal('It is no folder.');

function folderAt(reach: Reach, given: GivenPath): Result<Place, PlaceFailure | { readonly reason: 'is-no-folder' }> {
  const place = reach.find(given, true);
  if (!place.ok) return place;
  const entry = entryOf(reach, place.value);
  if (!entry.ok) return entry;
  return entry.value.type === 'directory' ? place : fail({ reason: 'is-no-folder' });
}

const headersOf = (place: Place, format: ArchiveFormat) => ({
  ...ALWAYS,
  'content-type': TYPES[format],
  'content-disposition': `attachment; filename*=UTF-8''${inHeader(`${nameOf(place) || 'files'}.${format}`)}`,
});

/** Which Buffer would skip, or nobody could fill. */
function problemOf({ names, namesBytes }: JsonObject): string | undefined {
  if (names === undefined && namesBytes === undefined) return 'names is missing';
  const isBase64 = (text: unknown) =>
    typeof text !== 'string' || Buffer.from(text, 'base64').toString('base64') === text;
  return Array.isArray(namesBytes) && !namesBytes.every(isBase64)
    ? 'namesBytes must be base64, with its padding'
    : undefined;
}

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
        const place = folderAt(reach, given.value);
        if (!place.ok) return refuse(place.failure);
        const { format = 'tar', ignore = 'none' } = query;
        const headers = headersOf(place.value, format);
        if (request.method === 'HEAD') return headAnswer(request, { headers }, 'unknown');
        const leftOut = { exclude: exclude.value, ignore: ignore === 'git' };
        const entries = entriesOf(reach, place.value, leftOut, () => clock.now());
        const stream = archiveStream(entries, format, request.signal);
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
          200: ARCHIVE,
          400: PATH_INVALID,
          403: NOT_ALLOWED,
          404: NOT_THERE,
          409: NO_FOLDER,
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
    .post(
      '/files/archive',
      async ({ body: { path, pathBytes, names = [], namesBytes = [], format = 'tar' }, request }) => {
        const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
        if (!given.ok) return refuse(given.failure);
        const reach = reachOf(places, request);
        const place = folderAt(reach, given.value);
        if (!place.ok) return refuse(place.failure);
        const bytes = namesBytes.map((name) => ({ bytes: Buffer.from(name, 'base64') }));
        const wanted = readNames([...names.map((name) => ({ bytes: Buffer.from(name, 'utf8') })), ...bytes]);
        if (!wanted.ok) return refuse(wanted.failure);
        const entries = namedEntriesOf(reach, place.value, wanted.value, () => clock.now());
        const stream = archiveStream(entries, format, request.signal);
        return lastingAnswer(new Response(stream, { headers: headersOf(place.value, format) }), 'cut');
      },
      {
        access: 'files:read',
        slow: true,
        transfer: true,
        ...noQuery,
        ...jsonBody(ArchiveRequest, { problem: problemOf }),
        response: {
          200: ARCHIVE,
          400: refusal('The body is not valid, the path is refused, or a name is, such as one that leads out.'),
          403: NOT_ALLOWED,
          404: NOT_THERE,
          409: NO_FOLDER,
        },
        detail: {
          operationId: 'readNamesAsArchive',
          summary: 'Some of what is in a folder as an archive.',
          description:
            'What is not there, or below a link, is named in a last entry, `.agent-server-errors.txt`; the rest is as for a whole folder. So that somebody who has listed a folder, and has some of it already, gets the rest.',
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
        const { format = 'tar', overwrite, folders, strip = 0 } = query;
        const options = { format, overwrite: overwrite === '1', folders: folders === '1', strip };
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
            folders: Type.Optional({
              ...FLAG,
              description:
                '`1` gives folders that are there the modes and times that the archive has for them, too; else only new ones get them. Those that must not be overwritten stay as they are. Default `0`.',
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
