/** Self-update: what it is doing, beginning one, calling it off. */
import type { Activity } from '../../protocol/health.ts';
import {
  UpdateCancelled,
  UpdateRefused,
  UpdateRequest,
  UpdateResource,
  UpdateScheduled,
  UpdateStarted,
} from '../../protocol/update.ts';
import type { Updater } from '../../updater/updater.ts';
import { answer, refusal } from '../wire/answers.ts';
import { jsonBody } from '../wire/json-body.ts';
import { resource } from '../wire/routes.ts';
import { inProgress, refusalFor } from './failures.ts';
import { updateView, type UpdateView } from './view.ts';

export interface UpdateRoom extends UpdateView {
  /** Undefined where this executable cannot be updated. */
  readonly updater: Updater | undefined;
  readonly activity: () => readonly Activity[];
}

const IN_PROGRESS = answer('An update is in progress.', UpdateRefused);

export const updateRoutes = (room: UpdateRoom) =>
  resource('update')
    .get('/update', () => updateView(room), {
      access: 'observe',
      response: { 200: answer('What self-update is doing.', UpdateResource) },
      detail: { operationId: 'getUpdate', summary: 'What self-update is doing.', tags: ['Server'] },
    })
    .post(
      '/update',
      async ({ body: { when = 'now', check = false }, status }) => {
        const { updater, version } = room;
        if (check) {
          const checked = await updater?.check();
          if (checked?.ok === false) return status(409, inProgress(checked.failure));
          return { status: 'checked' as const, version, message: found(room) };
        }
        const refused = when === 'now' ? refusalFor(room.activity()) : undefined;
        if (refused !== undefined) return status(409, refused);
        const started = updater?.start(when);
        if (started?.ok === false) return status(409, inProgress(started.failure));
        return when === 'idle'
          ? status(202, { status: 'scheduled' as const })
          : { status: 'updating' as const, version, message: 'Server will restart for update' };
      },
      {
        access: 'admin',
        // A check asks the release server, which may take its time.
        slow: true,
        ...jsonBody(UpdateRequest, {
          contentType: 'optional',
          problem: ({ when = 'now' }) =>
            when === 'now' || when === 'idle' ? undefined : 'when must be "now" or "idle"',
        }),
        response: {
          200: answer('The update has started; or, with `check`, what was found.', UpdateStarted),
          202: answer('With `"when":"idle"`: it waits until nothing is active.', UpdateScheduled),
          400: refusal('The body is not valid.'),
          409: answer('Something is active, or an update is in progress.', UpdateRefused),
        },
        detail: {
          operationId: 'startUpdate',
          summary: 'Updates this server to the newest version.',
          description:
            'The release is fetched, verified and tested while the server answers. With the new executable in its place the server goes down, and the new one comes up on the same port. If there is nothing newer, or something is wrong, it stays up, and `GET /update` says why. If a new version fails within `--trial` seconds, the old one is restored.',
          tags: ['Server'],
        },
      },
    )
    .delete(
      '/update',
      async ({ status }) => {
        const cancelled = await room.updater?.cancel();
        return cancelled?.ok === false ? status(409, inProgress(cancelled.failure)) : { status: 'idle' as const };
      },
      {
        access: 'admin',
        parse: 'none',
        response: { 200: answer('Nothing is scheduled or in progress.', UpdateCancelled), 409: IN_PROGRESS },
        detail: {
          operationId: 'cancelUpdate',
          summary: 'Cancels an update.',
          description:
            'Also while it is being fetched or tested. Refused while the executable is being replaced, and during a trial.',
          tags: ['Server'],
        },
      },
    );

function found(room: UpdateRoom): string {
  const { available, lastError, version } = updateView(room);
  return available === undefined
    ? (lastError ?? `There is nothing newer than ${version}`)
    : `Version ${available} is available`;
}
