/** What edits of one server have in common. */
import type { Turns } from '../../core/turns.ts';
import type { BatchNotes } from '../write/batch-notes.ts';
import type { Writing } from '../write/writing.ts';

export interface Editing extends Writing {
  /** Each edit has a whole file in memory several times. */
  readonly edits: Turns;
  readonly batches: BatchNotes;
}
