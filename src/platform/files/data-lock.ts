/** One server per data folder: a lock that dies with its holder. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, fail, ok, type Result } from '../../core/failure.ts';
import { isDirectory } from './directory.ts';
import { lockFile } from './file-lock.ts';

export interface LockHolder {
  readonly pid: number;
  readonly url: string;
  /** Absent where there is none. */
  readonly terminalPort?: number;
  /** ISO 8601, in UTC. */
  readonly startedAt: string;
}

export type LockFailure = { readonly reason: 'data-in-use'; readonly holder: LockHolder | undefined };

export interface DataLock extends Disposable {
  /** False once the lock file was removed or replaced: another server may hold the folder by now. */
  isHeld(): boolean;
  /** Writes down for others who holds it, once that is known. Throws what the file system throws. */
  describe(holder: LockHolder): void;
}

/** Something else is where the folder was. */
const REPLACED: ReadonlySet<string | undefined> = new Set(['ENOTDIR', 'ELOOP']);

export function lockDataFolder(dataPath: string): Result<DataLock, LockFailure> {
  const path = join(dataPath, 'server.lock');
  const lock = lockFile(path);
  if (lock === undefined) return fail({ reason: 'data-in-use', holder: readHolder(dataPath) });
  const { ino } = statSync(path);
  return ok({
    isHeld: () => isStill(path, ino),
    describe: (holder) => writeFileSync(holderPath(dataPath), JSON.stringify(holder), { mode: 0o600 }),
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  });
}

/** A disk that gives no answer for a moment, or a folder that may not be entered, says nothing of another server. */
function isStill(path: string, ino: number): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ino === ino;
  } catch (error) {
    return !REPLACED.has(codeOf(error));
  }
}

/** Whether no server has the folder: also one that is not there, or that cannot be looked at. */
export function isUnused(dataPath: string): boolean {
  try {
    const locked = isDirectory(dataPath) ? lockDataFolder(dataPath) : undefined;
    if (locked?.ok) locked.value[Symbol.dispose]();
    return locked?.ok !== false;
  } catch {
    return true;
  }
}

/** The last server that noted itself as holder. Only the lock shows whether it still is. */
export function readHolder(dataPath: string): LockHolder | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(holderPath(dataPath), 'utf8'));
    return isHolder(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

const isHolder = (note: unknown): note is LockHolder =>
  typeof note === 'object' &&
  note !== null &&
  'pid' in note &&
  typeof note.pid === 'number' &&
  'url' in note &&
  typeof note.url === 'string' &&
  'startedAt' in note &&
  typeof note.startedAt === 'string';

const holderPath = (dataPath: string): string => join(dataPath, 'server.json');
