/** `GET /files/watch`: what changes in a folder, as Server-Sent Events. */
import Type from 'typebox';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { Places } from '../../files/place.ts';
import type { Cursor, Watches } from '../../files/watch/watches.ts';
import { FileWatchEvent } from '../../protocol/files/watch.ts';
import { callerOf } from '../caller.ts';
import { eventStream as streamAnswer, refusal } from '../wire/answers.ts';
import { eventStream } from '../wire/event-stream.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { refuse as refuseFile } from './failures.ts';
import { GLOB, MAX_GLOBS, readGlobs } from './selection.ts';
import { refuse } from './watch-failures.ts';
import { watchEventView } from './watch-view.ts';
import { givenPath, NOT_ALLOWED, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';

const MAX_POLL_SECONDS = 3600;
const EVENT_ID = /^([\da-f]{12})-(\d{1,15})$/;

/** Undefined for a reader that has none. */
function cursorOf(text: string | undefined): Result<Cursor | undefined, { reason: 'path-invalid'; detail: string }> {
  if (text === undefined) return ok(undefined);
  const [, watch, seq] = EVENT_ID.exec(text) ?? [];
  return watch === undefined
    ? fail({ reason: 'path-invalid', detail: 'Last-Event-ID and since must be the id of an event of a watch' })
    : ok({ watch, seq: Number(seq) });
}

export const fileWatchRoutes = (places: Places, watches: Watches) =>
  resource('file-watch').get(
    '/files/watch',
    async ({
      query: { path, pathBytes, recursive = '0', exclude = [], ignore = 'git', poll, since },
      headers: sent,
      request,
    }) => {
      const given = givenPath({ ...(path !== undefined && { path }), ...(pathBytes !== undefined && { pathBytes }) });
      if (!given.ok) return refuseFile(given.failure);
      const cursor = cursorOf(sent['Last-Event-ID'] ?? since);
      if (!cursor.ok) return refuseFile(cursor.failure);
      const globs = readGlobs(exclude);
      if (!globs.ok) return refuseFile(globs.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, true);
      if (!place.ok) return refuseFile(place.failure);
      const source = await watches.open(
        {
          what: JSON.stringify([callerOf(request)?.keyId, place.value.path, recursive, exclude, ignore, poll]),
          reach,
          root: place.value.path,
          recursive: recursive === '1',
          exclude: globs.value,
          ignoreGit: ignore === 'git',
          pollSeconds: poll,
        },
        cursor.value,
        request.signal,
      );
      if (!source.ok) return refuse(source.failure);
      const { after, watchId } = source.value;
      return eventStream({
        source: source.value,
        after,
        render: (event, seq) => ({ event: event.type, data: watchEventView(reach, place.value, event, seq) }),
        idOf: (seq) => `${watchId}-${seq}`,
        method: request.method,
        signal: request.signal,
      });
    },
    {
      access: 'files:read',
      // A large tree is read before the answer begins.
      slow: true,
      ...exactQuery(
        Type.Object({
          ...WHICH,
          recursive: Type.Optional(
            Type.Enum(['0', '1'], {
              description: '`1`: also what is in folders in it, whatever the depth. Default `0`.',
            }),
          ),
          exclude: Type.Optional(
            Type.Array(Type.String(), {
              maxItems: MAX_GLOBS,
              description: `What is left out, with all that is in it. ${GLOB} May be given ${MAX_GLOBS} times.`,
            }),
          ),
          ignore: Type.Optional(
            Type.Enum(['git', 'none'], {
              description:
                '`git` leaves out what the list of the folder does by it; `none` does not. `.git` is always left out. Default `git`.',
            }),
          ),
          poll: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: MAX_POLL_SECONDS,
              description: `Looks at everything each so many seconds, 1 to ${MAX_POLL_SECONDS}, where the system does not tell what changes: on file systems of a network. Default: the system tells.`,
            }),
          ),
          since: Type.Optional(Type.String({ description: 'As `Last-Event-ID`, for clients that cannot set it.' })),
        }),
      ),
      headers: headers(
        Type.Object({
          'Last-Event-ID': Type.Optional(
            Type.String({ description: 'Goes on after the event of this id, `<watch>-<seq>`.' }),
          ),
        }),
      ),
      response: {
        200: streamAnswer('The events, named as their `type`; `data` is a FileWatchEvent.', [FileWatchEvent]),
        400: PATH_INVALID,
        403: NOT_ALLOWED,
        404: NOT_THERE,
        409: refusal(
          'It is no folder, has more than 100,000 folders, or is of a network and `poll` is not given; 32 watches have a reader; or the system watches no more, and the message says which limit to raise.',
        ),
        503: refusal('The server is shutting down.'),
      },
      detail: {
        operationId: 'watchFiles',
        summary: 'What changes in a folder, as Server-Sent Events.',
        description:
          'The first event is `ready`, once everything there is known: whoever lists the folder after it misses nothing. Changes of one path within 50 ms are one event, and an event says what is there, not what was done: a file that came and went has none. Links are told of as links, never followed. The newest 10,000 events are kept, for five minutes also without a reader: with `Last-Event-ID` and the same parameters a reader goes on without a loss. Otherwise, and where changes came faster than they were read or the folder itself went away, an `overflow` says to list again. A file with several names is told of under each of them, within a second where it is changed by a name elsewhere; of a name that is made elsewhere meanwhile nothing is known until the file is changed by a name in the folder.',
        tags: ['Files'],
      },
    },
  );
