/** A folder of a server into one of another server, or into one that is there on the same: its archive, passed on as it comes. */
import type { Client } from '../../client/client.ts';
import { unreachable } from '../../client/failure.ts';
import { explained } from './send-folder.ts';
import type { OnServer } from './side.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';
import { takeUnreadable } from './unreadable.ts';

export async function passFolder(
  from: OnServer,
  source: Thing,
  label: string,
  to: { readonly client: Client; readonly path: string; readonly isNew: boolean },
  { signal, meter, noClobber, exclude }: Transfer,
): Promise<Transferred> {
  meter.begin(label, undefined);
  const { body } = await from.client.files.archive(source.path, { exclude, signal });
  if (body === null) throw unreachable('the connection brought nothing');
  const metered = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      meter.add(piece.length);
      controller.enqueue(piece);
    },
  });
  if (to.isNew)
    await to.client.files.mkdir(to.path, { ...(source.mode !== undefined && { mode: source.mode }), signal });
  let isDone = false;
  try {
    const { files, bytes } = await to.client.files.unpack(to.path, body.pipeThrough(metered), {
      overwrite: !noClobber,
      signal,
    });
    isDone = true;
    const unreadable = await takeUnreadable(to.client, to.path, signal);
    return { type: 'folder', files, bytes, ...(unreadable.length > 0 && { files: files - 1, unreadable }) };
  } catch (error) {
    throw explained(error, noClobber);
  } finally {
    // It was made for this, and is empty again.
    if (to.isNew && !isDone)
      await to.client.files.delete(to.path, { signal: AbortSignal.timeout(5000) }).catch(() => {});
  }
}
