/**
 * Names of what is written beside its target before it takes the target's name: `.NAME.<random>.agent-server`. Each is noted in
 * the data folder before it is made, so that what a crash left behind is found and removed at the next start.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../core/id.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { removeLeft } from './remove-left.ts';
import { writeNote } from './write-note.ts';

export interface StagedName {
  /** Beside the target. Nothing is there yet; a file or a folder may be made there. */
  readonly path: RawPath;
  /** Nothing is there any more. */
  forget(): void;
}

const FORMAT = 1;
/** With what is put around it, it is a name on every file system. */
const MAX_NAME = 200;
const { paths } = machinePaths;

export class StagedNames {
  readonly #folder: string;

  /** `folder`: one of its own in the data folder; made with the first note. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A name beside the target. Throws what the file system throws. */
  note(target: RawPath): StagedName {
    const id = newId();
    const path = besideTarget(target, id);
    const note = join(this.#folder, `${id}.json`);
    writeNote(note, { format: FORMAT, path });
    return { path, forget: () => rmSync(note, { force: true }) };
  }

  /**
   * Removes what earlier servers left, files and folders. Those that cannot be removed are tried again at the next start. Notes
   * are read at once, so that none of a later write is among them. `first`: what has to have seen them before.
   */
  async removeLeftOver(first: Promise<void> = Promise.resolve()): Promise<void> {
    const notes = this.#notes();
    await first;
    for (const { id, note, path } of notes) {
      // Nothing is removed for a note that is not one of ours.
      if (!path.endsWith(`.${id}${ENDING}`)) continue;
      try {
        await removeLeft(path);
        rmSync(note, { force: true });
      } catch {
        // Its disk is away or read-only.
      }
    }
  }

  #notes(): { id: string; note: string; path: RawPath }[] {
    return namesIn(this.#folder).flatMap((name) => {
      const note = join(this.#folder, name);
      const path = pathIn(note);
      return path === undefined ? [] : [{ id: name.replace(/\.json$/, ''), note, path }];
    });
  }
}

const ENDING = '.agent-server';
const STAGED = /^\.(?:.+\.)?[0-9a-f]{12}\.agent-server$/s;

/** Whether a name is of that form: what has it is not whole yet, and nobody would remove a copy of it. */
export const isStagedName = (name: RawPath): boolean => STAGED.test(name);

/** A name of that form; `id`: one that is given once. */
export function besideTarget(target: RawPath, id: string): RawPath {
  const name = paths.basename(target);
  return paths.join(paths.dirname(target), `.${name.length > MAX_NAME ? '' : `${name}.`}${id}${ENDING}`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined for a note of a later server, or one that a crash cut short: what it was about was not made yet. */
function pathIn(note: string): RawPath | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(note, 'utf8'));
    const isOurs = typeof read === 'object' && read !== null && 'format' in read && read.format === FORMAT;
    return isOurs && 'path' in read && typeof read.path === 'string' ? read.path : undefined;
  } catch {
    return undefined;
  }
}
