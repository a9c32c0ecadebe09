/**
 * What is in a folder and in those in it: a folder before what is in it, names in byte order, what is left out pruned before
 * anything looks into it. Links are never followed. That order is one of paths, so that a walk begins again behind any path,
 * whatever has come or gone meanwhile.
 *
 * A folder is read as a whole, since its names have to be sorted, and no handle is held while others are walked.
 */
import { lstatSync } from 'node:fs';
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { readFolder, realFolder, type FolderItem } from '../../platform/machine-paths/read-folder.ts';
import type { FileType } from '../entry.ts';
import type { Place, Reach } from '../place.ts';
import { IgnoreRules, REPOSITORY } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { Pace } from './pace.ts';
import { sorted } from './sorted.ts';

export interface WalkOptions {
  /** Folders below each other, the first of them the one that is walked; Infinity: all. */
  readonly depth: number;
  readonly exclude: readonly PathGlob[];
  /** Whether files that .gitignore names are left out. */
  readonly ignore: boolean;
  /** Whether what is named .git is told, too. Default: it is left out. */
  readonly dotGit?: boolean;
  readonly hidden: boolean;
  /** Names on the way from the folder to the path behind which it begins. Default: at the beginning. */
  readonly after?: readonly RawPath[];
}

export interface Found {
  readonly place: Place;
  readonly name: RawPath;
  /** From the folder that is walked, with `/`. */
  readonly relative: string;
  readonly type: FileType;
}

export interface Skipped {
  readonly shown: RawPath;
  /** Of the system. */
  readonly code: string;
}

interface Level {
  /** From 1, of the folder that is walked. */
  readonly level: number;
  readonly rules: IgnoreRules | undefined;
}

interface Folder extends Level {
  readonly place: Place;
  readonly relative: string;
  /** The names in it that are still to come. */
  readonly items: readonly FolderItem[];
  /** Of the path behind which the walk begins: the name in this folder, and those below it. */
  readonly after: readonly RawPath[];
  next: number;
}

const { paths } = machinePaths;
/** What is looked at before its folder is looked at again. */
const MAX_RUN = 256;

export class Walk {
  readonly #reach: Reach;
  readonly #options: WalkOptions;
  readonly #pace: Pace;
  /** The folder that is walked, and where that led at the beginning: on macOS in other letter case. */
  #root: RawPath = '';
  #real: RawPath | undefined;
  /** Folders that could not be looked into, so far. */
  readonly skipped: Skipped[] = [];

  constructor(reach: Reach, options: WalkOptions, signal: AbortSignal) {
    this.#reach = reach;
    this.#options = options;
    this.#pace = new Pace(signal);
  }

  /**
   * Runs of what follows on each other in one folder, each ending at the latest with a folder that is looked into next. Rejects
   * with the reason of the signal, and throws what the file system says of the folder itself.
   */
  async *runs(place: Place): AsyncGenerator<readonly Found[]> {
    const { ignore, after = [], depth } = this.#options;
    this.#root = place.path;
    this.#real = this.#reach.isBounded && this.#reach.isStill(place) ? realFolder(place.path) : undefined;
    const rules = ignore ? IgnoreRules.of(place.path, mayUseWith(this.#reach)) : undefined;
    const open = [await this.#read(place, '', { level: 1, rules }, after)];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      await this.#pace.rest();
      const { run, isBegun } = this.#run(folder);
      // One that has become a link meanwhile, or is in one, has shown what is elsewhere.
      if (!this.isStill(folder.place)) {
        open.pop();
        continue;
      }
      if (run.length > 0 && !isBegun) yield run;
      if (folder.next >= folder.items.length) open.pop();
      const last = run.at(-1);
      if (last?.type !== 'directory' || folder.level >= depth) continue;
      const below = await this.#look(last, folder, isBegun ? folder.after.slice(1) : []);
      if (below !== undefined) open.push(below);
    }
  }

  /**
   * Whether no folder on the way there has become a link. Asked after what was looked at by that path, and only for whoever may
   * not use everything.
   */
  isStill({ path }: Place): boolean {
    if (!this.#reach.isBounded) return true;
    return this.#real !== undefined && realFolder(path) === this.#real + path.slice(this.#root.length);
  }

  /** `isBegun`: it is the one folder that an earlier walk has told and not finished. */
  #run(folder: Folder): { readonly run: readonly Found[]; readonly isBegun: boolean } {
    const run: Found[] = [];
    const below = folder.place.shown.endsWith(paths.sep) ? folder.place.shown : folder.place.shown + paths.sep;
    const real = folder.place.path.endsWith(paths.sep) ? folder.place.path : folder.place.path + paths.sep;
    while (folder.next < folder.items.length && run.length < MAX_RUN) {
      const item = folder.items[folder.next];
      if (item === undefined) break;
      folder.next += 1;
      const { name } = item;
      const place = { shown: below + name, path: real + name };
      const relative = folder.relative === '' ? name : `${folder.relative}/${name}`;
      const type = item.type === 'other' ? this.#typeOf(place) : item.type;
      if (type === undefined || !this.#takes(place, name, relative, type === 'directory', folder.rules)) continue;
      const isBegun = name === folder.after[0];
      if (isBegun && type !== 'directory') continue;
      run.push({ place, name, relative, type });
      if (isBegun) return { run, isBegun };
      if (type === 'directory') break;
    }
    return { run, isBegun: false };
  }

  #takes(place: Place, name: RawPath, relative: string, isFolder: boolean, rules: IgnoreRules | undefined): boolean {
    const { exclude, hidden, dotGit = false } = this.#options;
    if ((name === REPOSITORY && !dotGit) || (!hidden && machinePaths.isHidden(place.path))) return false;
    if (rules?.ignores(place.path, isFolder) === true) return false;
    if (exclude.length > 0) {
      const [text, shortName] = [machinePaths.toText(relative), machinePaths.toText(name)];
      if (exclude.some((glob) => glob.matches(shortName, text, isFolder))) return false;
    }
    return !this.#reach.isBounded || !this.#reach.excludes(place.path, isFolder ? identityOf(place.path) : '');
  }

  /** Undefined where nothing is any more, or nobody may look. */
  #typeOf({ shown, path }: Place): FileType | undefined {
    try {
      return typeAt(path);
    } catch (error) {
      this.skip(shown, error);
      return undefined;
    }
  }

  /** Notes what could not be looked at, unless it has only gone. Throws what comes from no system. */
  skip(shown: RawPath, error: unknown): void {
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') this.skipped.push({ shown, code });
  }

  /** Undefined for what is no folder any more, or cannot be looked into. */
  async #look({ place, relative }: Found, above: Level, after: readonly RawPath[]): Promise<Folder | undefined> {
    try {
      // A link that has taken its place is not followed.
      if (typeAt(place.path) !== 'directory') return undefined;
      const rules = above.rules?.within(place.path);
      return await this.#read(place, relative, { level: above.level + 1, rules }, after);
    } catch (error) {
      this.skip(place.shown, error);
      return undefined;
    }
  }

  async #read(place: Place, relative: string, level: Level, after: readonly RawPath[]): Promise<Folder> {
    const all = await readFolder(place.path);
    const [first] = after;
    const items = await sorted(first === undefined ? all : all.filter(({ name }) => name >= first), this.#pace);
    return { ...level, place, relative, items, after, next: 0 };
  }
}

/** Of a folder above one that may be used. */
export const mayUseWith =
  (reach: Reach) =>
  (folder: RawPath): boolean => {
    const found = reach.at(folder, true);
    return found.ok && found.value.path === folder;
  };

/** Empty where nothing is, or nobody may look. */
function identityOf(path: RawPath): string {
  try {
    const { dev, ino } = lstatSync(machinePaths.forSystem(path), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return '';
  }
}

/** Undefined where nothing is. Throws what else the file system says. */
function typeAt(path: RawPath): FileType | undefined {
  const stats = lstatSync(machinePaths.forSystem(path), { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}
