/** `GET /files/stat` and `POST /files/stat`: what is at a path, or at many. */
import Type from 'typebox';
import { ok, type Result } from '../../core/failure.ts';
import { entryOf, type Unreadable } from '../../files/entry.ts';
import { sha256With } from '../../files/hash.ts';
import type { GivenPath, PlaceFailure, Places, Reach } from '../../files/place.ts';
import { FileEntry, FileStats, FileStatsRequest } from '../../protocol/files.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { exactQuery, noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse, sentenceOf, statusOf } from './failures.ts';
import { entryView } from './view.ts';
import { givenPath, NOT_ALLOWED, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';

interface Wanted {
  readonly follow: boolean;
  readonly hash: boolean;
  readonly signal: AbortSignal;
}

async function statOf(
  reach: Reach,
  given: GivenPath,
  { follow, hash, signal }: Wanted,
): Promise<Result<FileEntry, PlaceFailure | Unreadable>> {
  const place = reach.find(given, follow);
  if (!place.ok) return place;
  const entry = entryOf(reach, place.value);
  if (!entry.ok) return entry;
  if (!hash || entry.value.type !== 'file') return ok(entryView(entry.value));
  const sha256 = await sha256With(entry.value, reach, place.value, signal);
  return sha256.ok ? ok(entryView(entry.value, sha256.value)) : sha256;
}

export const fileStatRoutes = (places: Places) =>
  resource('file-stat')
    .get(
      '/files/stat',
      async ({ query: { path, pathBytes, follow, hash }, request }) => {
        const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
        if (!given.ok) return refuse(given.failure);
        const wanted = { follow: follow === '1', hash: hash !== undefined, signal: request.signal };
        const entry = await statOf(reachOf(places, request), given.value, wanted);
        return entry.ok ? entry.value : refuse(entry.failure);
      },
      {
        access: 'files:read',
        slow: true,
        ...exactQuery(
          Type.Object({
            ...WHICH,
            follow: Type.Optional(
              Type.Enum(['0', '1'], { description: '`1` follows a link at the end of the path. Default `0`.' }),
            ),
            hash: Type.Optional(Type.Enum(['sha256'], { description: '`sha256` reads a file for its hash.' })),
          }),
        ),
        response: {
          200: answer('What is there.', FileEntry),
          400: PATH_INVALID,
          403: NOT_ALLOWED,
          404: NOT_THERE,
          409: refusal(
            'Its hash was asked for, and the system does not let it be read, or another program holds it (Windows).',
          ),
        },
        detail: {
          operationId: 'statFile',
          summary: 'What is at a path.',
          description:
            'A link at the end of the path is told as a link, also one that leads out of the roots; it is followed only with `follow=1`. Nothing but a file is ever opened, and that only for its hash.',
          tags: ['Files'],
        },
      },
    )
    .post(
      '/files/stat',
      async ({ body: { paths, follow = false, hash }, request }) => {
        const reach = reachOf(places, request);
        const wanted = { follow, hash: hash !== undefined, signal: request.signal };
        const items: FileStats['items'] = [];
        // One after the other: a thousand files that are read at once would be open at once.
        for (const path of paths) {
          const entry = await statOf(reach, { text: path }, wanted);
          items.push(
            entry.ok
              ? { path, ok: true, entry: entry.value }
              : { path, ok: false, error: sentenceOf(entry.failure), status: statusOf(entry.failure) },
          );
        }
        return { items };
      },
      {
        access: 'files:read',
        slow: true,
        ...noQuery,
        ...jsonBody(FileStatsRequest),
        response: {
          200: answer('One item for each path, in their order.', FileStats),
          400: refusal('The body is not valid.'),
        },
        detail: {
          operationId: 'statFiles',
          summary: 'What is at many paths.',
          description: 'A path without an entry is an item of its own, not an error of the whole.',
          tags: ['Files'],
        },
      },
    );
