/** What of a tree a watch does not look at. */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { ExcludeGlobs } from '../ignore/exclude-globs.ts';
import { IGNORE_FILE, IgnoreRules } from '../ignore/ignore-rules.ts';

const { paths } = machinePaths;

export class Filter {
  readonly #root: RawPath;
  readonly #globs: ExcludeGlobs;
  readonly #isGit: boolean;
  /** Of the folders that were entered. */
  readonly #rules = new Map<RawPath, IgnoreRules>();

  constructor(root: RawPath, globs: ExcludeGlobs, isGit: boolean) {
    this.#root = root;
    this.#globs = globs;
    this.#isGit = isGit;
  }

  /** Reads what that folder says of what is in it. */
  enter(folder: RawPath): void {
    if (!this.#isGit) return;
    const around = folder === this.#root ? undefined : this.#rules.get(paths.dirname(folder));
    this.#rules.set(folder, around?.within(folder) ?? IgnoreRules.of(folder));
  }

  leave(folder: RawPath): void {
    this.#rules.delete(folder);
  }

  /** Whether a file of that name says what is left out. */
  isRule(name: RawPath): boolean {
    return this.#isGit && name === IGNORE_FILE;
  }

  leavesOut(folder: RawPath, path: RawPath, isFolder: boolean): boolean {
    return this.#globs.excludes(this.#root, path) || (this.#rules.get(folder)?.ignores(path, isFolder) ?? false);
  }
}
