/** `DELETE /files`: removes a file, a link or a folder. */
import Type from 'typebox';
import { remove } from '../../files/write/remove.ts';
import type { Writing } from '../../files/write/writing.ts';
import type { Places } from '../../files/place.ts';
import { FilesDeleted } from '../../protocol/files/write.ts';
import { answer, refusal } from '../wire/answers.ts';
import { exactQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { headers } from '../wire/schema.ts';
import { refuse } from './failures.ts';
import { givenPath, NOT_THERE, PATH_INVALID, reachOf, WHICH } from './which.ts';
import { expectedIn, FLAG } from './write-parameters.ts';
import { ANOTHER_VERSION, NO_ROOM, refuseWrite } from './write-refusals.ts';

export const fileDeleteRoutes = (places: Places, writing: Writing) =>
  resource('file-delete').delete(
    '/files',
    async ({ query, headers: asked, request }) => {
      const given = givenPath(query);
      if (!given.ok) return refuse(given.failure);
      const expected = expectedIn(asked['If-Match'], undefined);
      if (!expected.ok) return refuse(expected.failure);
      const reach = reachOf(places, request);
      const place = reach.find(given.value, false);
      if (!place.ok) return refuse(place.failure);
      const removed = await remove(writing, reach, place.value, {
        recursive: query.recursive === '1',
        expected: expected.value,
      });
      if (removed.ok) return { deleted: removed.value };
      const { failure } = removed;
      if (failure.reason === 'not-found' && query.missing === 'ok') return { deleted: 0 };
      return failure.reason === 'not-empty' ? refuse(failure) : refuseWrite(failure);
    },
    {
      access: 'files:write',
      slow: true,
      ...exactQuery(
        Type.Object({
          ...WHICH,
          recursive: Type.Optional({ ...FLAG, description: '`1` removes a folder with what is in it. Default `0`.' }),
          missing: Type.Optional(
            Type.Enum(['ok'], { description: '`ok`: where nothing is, 0 are deleted. Default: 404.' }),
          ),
        }),
      ),
      headers: headers(
        Type.Object({
          'If-Match': Type.Optional(Type.String({ description: '`ETag` of the version that is removed, else 412.' })),
        }),
      ),
      response: {
        200: answer('How many are deleted.', FilesDeleted),
        400: PATH_INVALID,
        403: refusal(
          'The path is outside of the roots or must not be deleted, a file system is mounted in it, or the system does not permit it.',
        ),
        404: NOT_THERE,
        409: refusal('The folder is not empty, or another program holds what is there (Windows).'),
        412: ANOTHER_VERSION,
        507: NO_ROOM,
      },
      detail: {
        operationId: 'deleteFile',
        summary: 'Deletes a file, a link or a folder.',
        description:
          'Links are removed, never followed. The roots of file systems, configured roots, the home of the user of the server, its executable, its data folder, its key file, and whatever holds one of these are never deleted, whoever asks. A folder that cannot be removed as a whole may have lost a part.',
        tags: ['Files'],
      },
    },
  );
