/** Globs that leave files and folders out: one without a slash is of a name at any depth, another of the path below the root. */
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

const { paths } = machinePaths;

export class ExcludeGlobs {
  readonly #names: readonly Bun.Glob[];
  readonly #belows: readonly Bun.Glob[];

  constructor(globs: readonly string[]) {
    const trimmed = globs.map((glob) => glob.replace(/\/+$/, ''));
    this.#names = trimmed.filter((glob) => !glob.includes('/')).map((glob) => new Bun.Glob(glob));
    this.#belows = trimmed.filter((glob) => glob.includes('/')).map((glob) => new Bun.Glob(glob.replace(/^\/+/, '')));
  }

  /** Both by their real paths. */
  excludes(root: RawPath, path: RawPath): boolean {
    if (this.#names.length === 0 && this.#belows.length === 0) return false;
    const name = machinePaths.toText(paths.basename(path));
    if (this.#names.some((glob) => glob.match(name))) return true;
    if (this.#belows.length === 0) return false;
    const below = machinePaths.toText(paths.relative(root, path)).split(paths.sep).join('/');
    return this.#belows.some((glob) => glob.match(below));
  }
}
