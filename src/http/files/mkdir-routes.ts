/** `POST /files/mkdir`: makes a folder. */
import { makeFolder } from '../../files/write/make-folder.ts';
import { placeToMake } from '../../files/write/place-to-make.ts';
import type { Places } from '../../files/place.ts';
import { FileEntry } from '../../protocol/files.ts';
import { MakeFolderRequest } from '../../protocol/files/write.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { entryView } from './view.ts';
import { reachOf } from './which.ts';
import { modeIn } from './write-parameters.ts';
import { NO_ROOM } from './write-refusals.ts';

export const fileMkdirRoutes = (places: Places) =>
  resource('file-mkdir').post(
    '/files/mkdir',
    async ({ body: { path, parents = false, mode: given }, request, status }) => {
      const mode = modeIn(given);
      if (!mode.ok) return refuse(mode.failure);
      const reach = reachOf(places, request);
      const place = placeToMake(reach, { text: path }, true);
      if (!place.ok) return refuse(place.failure);
      const folder = await makeFolder(reach, place.value, { parents, mode: mode.value });
      if (!folder.ok) return refuse(folder.failure);
      const { entry, made } = folder.value;
      return status(made ? 201 : 200, entryView(entry));
    },
    {
      access: 'files:write',
      ...noQuery,
      ...jsonBody(MakeFolderRequest),
      response: {
        200: answer('It was there, which is fine with `parents`.', FileEntry),
        201: answer('It is made.', FileEntry),
        400: refusal('The body is not valid, or the path is refused.'),
        403: refusal('The path is outside of the roots, or the system does not permit it.'),
        404: refusal('It was removed as soon as it was made.'),
        409: refusal('The folder above it is missing, or something has that name.'),
        507: NO_ROOM,
      },
      detail: {
        operationId: 'makeFolder',
        summary: 'Makes a folder.',
        description: 'With `parents` also those above it that are missing, and one that is there is an answer, too.',
        tags: ['Files'],
      },
    },
  );
