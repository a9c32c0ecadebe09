/** A folder to write in, and what a server's writes have in common. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Places, type GivenPath, type Place, type Reach } from '../../../src/files/place.ts';
import { Turns } from '../../../src/core/turns.ts';
import { BatchNotes } from '../../../src/files/write/batch-notes.ts';
import { FileLocks } from '../../../src/files/write/file-locks.ts';
import { ProtectedPlaces } from '../../../src/files/write/protected.ts';
import { Room } from '../../../src/files/write/room.ts';
import { StagedFile } from '../../../src/files/write/staged-file.ts';
import type { StagedOptions } from '../../../src/files/write/staged-options.ts';
import { StagedNames } from '../../../src/files/write/staged-names.ts';
import type { Editing } from '../../../src/files/edit/editing.ts';

export class WriteWorld implements Disposable {
  readonly root: string;
  readonly folder: string;
  readonly notes: string;
  readonly reach: Reach;
  readonly writing: Editing;

  /** `root`: a folder to go on in, or to begin in. `keep`: bytes that stay free. */
  constructor({ keep = 0, root }: { readonly keep?: number; readonly root?: string } = {}) {
    this.root = root ?? mkdtempSync(join(tmpdir(), 'agent-server-write-'));
    this.folder = join(this.root, 'files');
    this.notes = join(this.root, 'staged');
    mkdirSync(this.folder, { recursive: true });
    this.reach = new Places({ roots: undefined, own: [] }).reach({ roots: [this.folder], mayUseOwn: true });
    this.writing = {
      locks: new FileLocks(),
      edits: new Turns(2),
      batches: new BatchNotes(join(this.root, 'batches')),
      names: new StagedNames(this.notes),
      protectedPlaces: new ProtectedPlaces([this.folder]),
      room: new Room(keep),
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  find(name: string | GivenPath): Place {
    const place = this.reach.find(typeof name === 'string' ? { text: this.path(name) } : name, true);
    if (!place.ok) throw new Error(place.failure.reason);
    return place.value;
  }

  async staged(name: string | GivenPath, options?: StagedOptions): Promise<StagedFile> {
    const staged = await StagedFile.create(this.writing, this.reach, this.find(name), options);
    if (!staged.ok) throw new Error(staged.failure.reason);
    return staged.value;
  }

  async write(name: string, text: string): Promise<void> {
    await using staged = await this.staged(name);
    await staged.write(Buffer.from(text));
    const written = await staged.finish();
    if (!written.ok) throw new Error(written.failure.reason);
  }

  /** Names of what was written and not finished. */
  get left(): string[] {
    return readdirSync(this.folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.agent-server'));
  }

  get noted(): string[] {
    return namesIn(this.notes);
  }

  get notedBatches(): string[] {
    return namesIn(join(this.root, 'batches'));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
