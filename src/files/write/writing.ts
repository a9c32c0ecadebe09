/** What all writes of one server have in common. */
import type { FileLocks } from './file-locks.ts';
import type { ProtectedPlaces } from './protected.ts';
import type { Room } from './room.ts';
import type { StagedNames } from './staged-names.ts';

export interface Writing {
  readonly locks: FileLocks;
  readonly names: StagedNames;
  readonly protectedPlaces: ProtectedPlaces;
  readonly room: Room;
}
