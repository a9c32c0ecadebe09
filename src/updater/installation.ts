/** The installed executable, and what it takes to change it. */
import type { Log } from '../core/log.ts';
import type { ExecutableFiles } from '../platform/executable/executable.ts';
import type { DurableFiles } from '../platform/files/durable-files.ts';
import type { Place } from './place.ts';

export interface Installation {
  readonly place: Place;
  readonly files: DurableFiles;
  /** Of the file that this program was started from, when it was; another may be in its place by now. */
  readonly identity: string | undefined;
  /** How the file of a running program is replaced on this system. */
  readonly executable: ExecutableFiles;
  readonly log: Log;
}
