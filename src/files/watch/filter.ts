/** What of a tree a watch does not look at: what its globs name, `.git`, what is still being written beside its target, and what git leaves out where that was asked for. */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { IGNORE_FILE, IgnoreRules, REPOSITORY } from '../ignore/ignore-rules.ts';
import type { PathGlob } from '../ignore/path-glob.ts';
import { isStagedName } from '../write/staged-names.ts';

export interface FilterOptions {
  readonly root: RawPath;
  readonly globs: readonly PathGlob[];
  /** Whether what git leaves out is left out. */
  readonly ignoreGit: boolean;
  /** Whether the rules of a folder above the root may be read. */
  readonly mayUse: (folder: RawPath) => boolean;
}

const { paths } = machinePaths;

export class Filter {
  readonly #options: FilterOptions;
  /** Of the folders that were entered. */
  readonly #rules = new Map<RawPath, IgnoreRules>();

  constructor(options: FilterOptions) {
    this.#options = options;
  }

  /** Reads what that folder says of what is in it. */
  enter(folder: RawPath): void {
    const { root, ignoreGit, mayUse } = this.#options;
    if (!ignoreGit) return;
    const around = folder === root ? undefined : this.#rules.get(paths.dirname(folder));
    this.#rules.set(folder, around?.within(folder) ?? IgnoreRules.of(folder, mayUse));
  }

  leave(folder: RawPath): void {
    this.#rules.delete(folder);
  }

  /** Whether a file of that name says what is left out. */
  isRule(name: RawPath): boolean {
    return this.#options.ignoreGit && name === IGNORE_FILE;
  }

  leavesOut(folder: RawPath, name: RawPath, path: RawPath, isFolder: boolean): boolean {
    if (name === REPOSITORY || isStagedName(name)) return true;
    if (this.#rules.get(folder)?.ignores(path, isFolder) === true) return true;
    const { root, globs } = this.#options;
    if (globs.length === 0) return false;
    const text = machinePaths.toText(name);
    const below = machinePaths.toText(paths.relative(root, path)).split(paths.sep).join('/');
    return globs.some((glob) => glob.matches(text, below, isFolder));
  }
}
