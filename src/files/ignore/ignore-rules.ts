/**
 * What git would leave out (https://git-scm.com/docs/gitignore): `.gitignore` of each folder on the way from the top of the
 * repository, `.git/info/exclude`, and `.git` itself. The rules of a folder are those of the folder around it and its own; the
 * deepest that says something decides. Whoever uses them does not go into a folder that is left out.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { RuleFile } from './rule-file.ts';

/** The file that says what is left out. */
export const IGNORE_FILE = '.gitignore';
export const REPOSITORY = '.git';
/** A file of rules is small; one that is larger is none. */
const MAX_BYTES = 1024 * 1024;
/** Neither waits for a pipe nor follows a link. Windows has neither flag. */
const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const { paths } = machinePaths;

export class IgnoreRules {
  readonly #folder: RawPath;
  readonly #own: readonly RuleFile[];
  readonly #around: IgnoreRules | undefined;

  private constructor(folder: RawPath, own: readonly RuleFile[], around: IgnoreRules | undefined) {
    this.#folder = folder;
    this.#own = own;
    this.#around = around;
  }

  /**
   * Of a folder by its real path, with those of the repository that it is in, where all folders up to that may be used. Rules
   * that leave the folder itself out, or one that it is in, do not count: it was asked for.
   */
  static of(folder: RawPath, mayUse: (folder: RawPath) => boolean = () => true): IgnoreRules {
    const way = IgnoreRules.repositoryAbove(folder, mayUse);
    let rules = IgnoreRules.#top(way?.[0] ?? folder);
    for (const one of way === undefined ? [] : [...way.slice(1), folder])
      rules = (rules.ignores(one, true) ? new IgnoreRules(one, [], undefined) : rules).within(one);
    return rules;
  }

  /** The folders from the top of the repository down to the one around this; undefined: it is in none, or is the top. */
  static repositoryAbove(folder: RawPath, mayUse: (folder: RawPath) => boolean): readonly RawPath[] | undefined {
    const way: RawPath[] = [];
    for (let at = folder; !isRepository(at);) {
      const above = paths.dirname(at);
      // In no repository: what lies above has no say.
      if (above === at || !mayUse(above)) return undefined;
      way.unshift(above);
      at = above;
    }
    return way.length === 0 ? undefined : way;
  }

  static #top(folder: RawPath): IgnoreRules {
    const general = isRepository(folder) ? rulesAt(paths.join(folder, REPOSITORY, 'info', 'exclude')) : [];
    return new IgnoreRules(folder, [...rulesIn(folder), ...general], undefined);
  }

  /** Of a folder in the folder of these rules. A repository in another has its own alone. */
  within(folder: RawPath): IgnoreRules {
    if (isRepository(folder)) return IgnoreRules.#top(folder);
    const own = rulesIn(folder);
    return own.length === 0 ? this : new IgnoreRules(folder, own, this);
  }

  /** Whether the file or folder at that path, below the folder of these rules, is left out. */
  ignores(path: RawPath, isFolder: boolean): boolean {
    return path.endsWith(paths.sep + REPOSITORY) || this.#decides(path, isFolder);
  }

  #decides(path: RawPath, isFolder: boolean): boolean {
    if (this.#own.length > 0) {
      const below = path.slice(this.#folder.length).replaceAll(paths.sep, '/').replace(/^\//, '');
      for (const rules of this.#own) {
        const said = rules.says(isFolder ? `${below}/` : below);
        if (said !== undefined) return said === 'ignored';
      }
    }
    return this.#around === undefined ? false : this.#around.#decides(path, isFolder);
  }
}

const rulesIn = (folder: RawPath): readonly RuleFile[] => rulesAt(paths.join(folder, IGNORE_FILE));

/** None where there is no such file, or it cannot be read. */
function rulesAt(path: RawPath): readonly RuleFile[] {
  try {
    const named = machinePaths.forSystem(path);
    // Most folders have none.
    if (lstatSync(named, { throwIfNoEntry: false })?.isFile() !== true) return [];
    const file = openSync(named, READING);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size > MAX_BYTES) return [];
      const bytes = withoutMark(readFileSync(file));
      const rules = RuleFile.read(machinePaths.fromBytes?.(bytes) ?? bytes.toString('utf8'));
      return rules === undefined ? [] : [rules];
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function isRepository(folder: RawPath): boolean {
  try {
    const named = machinePaths.forSystem(paths.join(folder, REPOSITORY));
    return lstatSync(named, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
