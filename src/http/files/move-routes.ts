/** `POST /files/move`: gives a file, a link or a folder another path. */
import { move } from '../../files/write/move.ts';
import type { Writing } from '../../files/write/writing.ts';
import type { Places } from '../../files/place.ts';
import { MovedFile, MoveRequest } from '../../protocol/files/write.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { noQuery } from '../wire/query.ts';
import { resource } from '../wire/routes.ts';
import { refuse } from './failures.ts';
import { placesIn } from './from-to.ts';
import { entryView } from './view.ts';
import { NOT_THERE } from './which.ts';
import { NO_ROOM } from './write-refusals.ts';

export const fileMoveRoutes = (places: Places, writing: Writing) =>
  resource('file-move').post(
    '/files/move',
    async ({ body, request }) => {
      const { overwrite = false, mkdirs = false } = body;
      const found = placesIn(places, request, body);
      if (!found.ok) return refuse(found.failure);
      const { reach, source, target } = found.value;
      const moved = await move(writing, reach, source, target, { overwrite, mkdirs }, request.signal);
      if (!moved.ok) return refuse(moved.failure);
      const { entry, copied } = moved.value;
      return { ...entryView(entry), ...(copied && { copied }) };
    },
    {
      access: 'files:write',
      slow: true,
      ...noQuery,
      ...jsonBody(MoveRequest),
      response: {
        200: answer('It is there.', MovedFile),
        400: refusal('The body is not valid, a path is refused, or a folder would be put into itself.'),
        403: refusal(
          'A path is outside of the roots or must not be moved or overwritten, or the system does not permit it.',
        ),
        404: NOT_THERE,
        409: refusal(
          'Something has the new name and is not to be replaced or cannot be, the folder above it is missing, or another program holds it (Windows).',
        ),
        507: NO_ROOM,
      },
      detail: {
        operationId: 'moveFile',
        summary: 'Moves or renames a file, a link or a folder.',
        description:
          'Links are moved, not followed. `overwrite` replaces a file by a file, or an empty folder by a folder. To another disk it is copied, synced and then removed, which `copied` tells; a client that hangs up ends that, and the old one stays.',
        tags: ['Files'],
      },
    },
  );
