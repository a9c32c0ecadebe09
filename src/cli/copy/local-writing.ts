/** What the code that unpacks and packs folders needs to know of this machine: the user of `cp` may do what the system lets them. */
import { resolve } from 'node:path';
import { Places, type Place, type Reach } from '../../files/place.ts';
import { FileLocks } from '../../files/write/file-locks.ts';
import { ProtectedPlaces } from '../../files/write/protected.ts';
import { Room } from '../../files/write/room.ts';
import type { Writing } from '../../files/write/writing.ts';
import { ownStagedNames } from './own-folder.ts';
import { Refusal } from './refusal.ts';

/** With links followed. */
export function placeHere(path: string): { readonly reach: Reach; readonly place: Place } {
  const reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });
  const place = reach.find({ text: resolve(path) }, true);
  if (!place.ok)
    throw new Refusal(
      `${path}: ${place.failure.reason === 'path-invalid' ? place.failure.detail : 'it cannot be used'}`,
    );
  return { reach, place: place.value };
}

export const localWriting = async (): Promise<Writing> => ({
  locks: new FileLocks(),
  names: await ownStagedNames(),
  protectedPlaces: new ProtectedPlaces([]),
  room: new Room(0),
});
