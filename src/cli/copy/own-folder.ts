/** What `cp` keeps in the data folder of this machine: uploads that broke off, and names of what it is unpacking. */
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultDataPath } from '../../platform/paths/index.ts';
import { StagedNames } from '../../files/write/staged-names.ts';
import { isAlive } from '../connection/is-alive.ts';
import { DATA_DIR_VARIABLE } from '../connection/precedence.ts';
import { KeptNotes } from './kept-notes.ts';

export interface KeptUpload {
  readonly id: string;
  /** Of the source: an upload of another one is of no use. */
  readonly version: string;
}

export interface FolderNote {
  /** The topmost folders that the copy has made; an empty name is the folder itself. */
  readonly made: readonly string[];
}

export const keptUploads = (): KeptNotes<KeptUpload> =>
  new KeptNotes(
    join(ownFolder(), 'uploads'),
    ({ id, version }) => typeof id === 'string' && typeof version === 'string',
  );

export const keptFolders = (): KeptNotes<FolderNote> =>
  new KeptNotes(
    join(ownFolder(), 'folders'),
    ({ made }) => Array.isArray(made) && made.every((name) => typeof name === 'string'),
  );

/** Of this process alone. What processes that have ended left is removed. */
export async function ownStagedNames(): Promise<StagedNames> {
  const folder = join(ownFolder(), 'unpacking');
  for (const name of namesIn(folder)) {
    if (!/^\d+$/.test(name) || isAlive(Number(name))) continue;
    await new StagedNames(join(folder, name)).removeLeftOver();
    if (namesIn(join(folder, name)).length === 0) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return new StagedNames(join(folder, String(process.pid)));
}

function ownFolder(): string {
  const named = process.env[DATA_DIR_VARIABLE];
  return join(named === undefined || named === '' ? defaultDataPath(process.env) : resolve(named), 'copies');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
