/**
 * What git would leave out (https://git-scm.com/docs/gitignore): `.gitignore` of each folder on the way from the top of the
 * repository, `.git/info/exclude`, and `.git` itself. The rules of a folder are those of the folder around it and its own; the
 * deepest that says something decides. Whoever uses them does not go into a folder that is left out.
 */
import { lstatSync, readFileSync } from 'node:fs';
import ignore, { type Ignore } from 'ignore';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

/** The file that says what is left out. */
export const IGNORE_FILE = '.gitignore';
const REPOSITORY = '.git';
/** A file of rules is small; one that is larger is none. */
const MAX_BYTES = 1024 * 1024;
const { paths } = machinePaths;

export class IgnoreRules {
  readonly #folder: RawPath;
  readonly #own: readonly Ignore[];
  readonly #around: IgnoreRules | undefined;

  private constructor(folder: RawPath, own: readonly Ignore[], around: IgnoreRules | undefined) {
    this.#folder = folder;
    this.#own = own;
    this.#around = around;
  }

  /** Of a folder by its real path, with those of the repository that it is in. */
  static of(folder: RawPath): IgnoreRules {
    const way = [folder];
    let top = folder;
    for (; !isThere(paths.join(top, REPOSITORY)); top = paths.dirname(top)) {
      // In no repository: what lies above has no say.
      if (paths.dirname(top) === top) return new IgnoreRules(folder, rulesIn(folder), undefined);
      way.push(paths.dirname(top));
    }
    const general = rulesAt(paths.join(top, REPOSITORY, 'info', 'exclude'));
    let rules = new IgnoreRules(top, general, undefined);
    for (const one of way.toReversed()) rules = rules.within(one);
    return rules;
  }

  /** Of a folder in the folder of these rules. */
  within(folder: RawPath): IgnoreRules {
    const own = rulesIn(folder);
    return own.length === 0 ? this : new IgnoreRules(folder, own, this);
  }

  /** Whether the file or folder at that path, below the folder of these rules, is left out. */
  ignores(path: RawPath, isFolder: boolean): boolean {
    return paths.basename(path) === REPOSITORY || this.#decides(path, isFolder);
  }

  #decides(path: RawPath, isFolder: boolean): boolean {
    const below = machinePaths.toText(paths.relative(this.#folder, path)).split(paths.sep).join('/');
    for (const rules of this.#own) {
      const { ignored, unignored } = rules.test(isFolder ? `${below}/` : below);
      if (ignored || unignored) return ignored;
    }
    return this.#around?.ignores(path, isFolder) ?? false;
  }
}

const rulesIn = (folder: RawPath): readonly Ignore[] => rulesAt(paths.join(folder, IGNORE_FILE));

/** None where there is no such file, or it cannot be read. */
function rulesAt(path: RawPath): readonly Ignore[] {
  try {
    const stats = lstatSync(machinePaths.forSystem(path));
    if (!stats.isFile() || stats.size > MAX_BYTES) return [];
    return [ignore().add(readFileSync(machinePaths.forSystem(path), 'utf8'))];
  } catch {
    return [];
  }
}

function isThere(path: RawPath): boolean {
  try {
    lstatSync(machinePaths.forSystem(path));
    return true;
  } catch {
    return false;
  }
}
