/** What all writes of one server have in common. */
import type { Turns } from '../../core/turns.ts';
import type { FileLocks } from './file-locks.ts';
import type { ProtectedPlaces } from './protected.ts';
import type { Room } from './room.ts';
import type { StagedNames } from './staged-names.ts';

export interface Writing {
  readonly locks: FileLocks;
  /** Of edits, each of which has a whole file in memory several times. */
  readonly edits: Turns;
  readonly names: StagedNames;
  readonly protectedPlaces: ProtectedPlaces;
  readonly room: Room;
}
