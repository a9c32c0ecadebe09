/**
 * What an atomic write of several files is about to rename, noted in the data folder: a crash between two of the renames splits it,
 * which the next start says.
 */
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../core/id.ts';
import type { Log } from '../../core/log.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { writeNote } from './write-note.ts';

/** A file beside its target, which it is renamed over. */
export interface StagedMember {
  readonly staged: RawPath;
  readonly target: RawPath;
}

const FORMAT = 1;

export class BatchNotes {
  readonly #folder: string;

  /** `folder`: one of its own in the data folder; made with the first note. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Dispose it once all are renamed, or the caller is told which are not. Throws what the file system throws. */
  note(members: readonly StagedMember[]): Disposable {
    const note = join(this.#folder, `${newId()}.json`);
    writeNote(note, { format: FORMAT, members });
    return { [Symbol.dispose]: () => rmSync(note, { force: true }) };
  }

  /**
   * Says which of those that a crash ended are split. Notes are read at once, so that none of a later write is among them; it has
   * to be asked before what was staged is removed.
   */
  async tellSplit(log: Log): Promise<void> {
    for (const { note, members } of this.#notes()) {
      const written: string[] = [];
      const notWritten: string[] = [];
      for (const member of members)
        ((await isRenamed(member)) ? written : notWritten).push(machinePaths.toText(member.target));
      if (written.length > 0 && notWritten.length > 0)
        log.warn('a crash has split an atomic write of several files', {
          written: JSON.stringify(written),
          notWritten: JSON.stringify(notWritten),
        });
      rmSync(note, { force: true });
    }
  }

  #notes(): { readonly note: string; readonly members: readonly StagedMember[] }[] {
    return namesIn(this.#folder).flatMap((name) => {
      const note = join(this.#folder, name);
      const members = membersIn(note);
      return members === undefined ? [] : [{ note, members }];
    });
  }
}

async function isRenamed({ staged, target }: StagedMember): Promise<boolean> {
  try {
    const left = await lstat(machinePaths.forSystem(staged), { bigint: true });
    // A new file has both names for a moment.
    const there = lstatSync(machinePaths.forSystem(target), { bigint: true, throwIfNoEntry: false });
    return there !== undefined && there.dev === left.dev && there.ino === left.ino;
  } catch {
    return true;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined for a note of a later server, or one that a crash cut short: nothing was renamed yet. */
function membersIn(note: string): readonly StagedMember[] | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(note, 'utf8'));
    if (typeof read !== 'object' || read === null || !('format' in read) || read.format !== FORMAT) return undefined;
    return 'members' in read && Array.isArray(read.members) && read.members.every(isMember) ? read.members : undefined;
  } catch {
    return undefined;
  }
}

const isMember = (one: unknown): one is StagedMember =>
  typeof one === 'object' &&
  one !== null &&
  'staged' in one &&
  typeof one.staged === 'string' &&
  'target' in one &&
  typeof one.target === 'string';
