/** What is kept of uploads in the data folder: a server that starts later goes on with them. */
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { ID_PATTERN } from '../../core/id.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { writeNote } from '../write/write-note.ts';

export interface UploadNote {
  readonly id: string;
  /** Whose it is. */
  readonly keyId: string;
  /** The target, as it was asked for, and without links. */
  readonly shown: RawPath;
  readonly path: RawPath;
  /** Where its bytes are. */
  readonly staged: RawPath;
  /** Bytes of the whole. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256?: string;
  /** Permission bits. */
  readonly mode?: number;
  /** When its content changed. Unix milliseconds. */
  readonly modifiedAt?: number;
  /** The version that is replaced; `none`: nothing may be there. */
  readonly version?: string;
  /** Unix milliseconds. */
  readonly usedAt: number;
}

const FORMAT = 1;

export class UploadNotes {
  readonly #folder: string;

  /** `folder`: one of its own; made with the first note. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Replaces the one of that id as a whole. Throws what the file system throws. */
  write(note: UploadNote): void {
    const path = this.#path(note.id);
    writeNote(`${path}.new`, { format: FORMAT, ...note });
    renameSync(`${path}.new`, path);
  }

  /** Undefined where there is none, or a later server has written it. */
  read(id: string): UploadNote | undefined {
    if (!ID_PATTERN.test(id)) return undefined;
    try {
      const note = JSON.parse(readFileSync(this.#path(id), 'utf8')) as UploadNote & { readonly format: unknown };
      // It is our own file, and replaced as a whole.
      return note.format === FORMAT && note.id === id ? note : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || codeOf(error) !== undefined) return undefined;
      throw error;
    }
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  ids(): string[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
    } catch {
      return [];
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
