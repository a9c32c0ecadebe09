/**
 * Which file a caller's path means, and whether that caller may use it. Roots are folders: those of the server's settings and
 * those of the caller's key, and a path must be in one of each. What counts is where the path really leads: the real path of its
 * deepest part that exists. A folder is known by its identity on the file system, so that another spelling of it (letter case, a
 * short name of Windows, `/proc/self/root`) is the same folder; a link is never followed out.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import type { InUse } from '../platform/file-changes/held-elsewhere.ts';
import { machinePaths } from '../platform/machine-paths/index.ts';
import type { RawPath } from '../platform/machine-paths/machine-paths.ts';
import { identified, isSame, withFoldersAbove, type Identified } from './identity.ts';

/** `text` or `bytes`, the latter for names that are no UTF-8. */
export type GivenPath = { readonly text: string } | { readonly bytes: Uint8Array };

export interface Place {
  /** As it was given, in the form of this system. */
  readonly shown: RawPath;
  /** Without links, but for a last name that is not to be followed. */
  readonly path: RawPath;
}

export type PlaceFailure =
  /** `detail` is a whole sentence. */
  | { readonly reason: 'path-invalid'; readonly detail: string }
  | { readonly reason: 'outside-roots' }
  | { readonly reason: 'not-permitted'; readonly code: string }
  | InUse
  | { readonly reason: 'not-found' };

export interface Bounds {
  /** Folders that hold all it may use, as they were given; undefined: no such bound. */
  readonly roots: readonly string[] | undefined;
  /** Whether it may use the server's own files, and look into processes, of which the server is one. */
  readonly mayUseOwn: boolean;
}

export interface PlaceOptions {
  /** Of the settings; undefined: the whole machine. */
  readonly roots: readonly string[] | undefined;
  /** The server's own files and folders, which only whoever may do everything can use. */
  readonly own: readonly string[];
}

const MAX_CHARACTERS = 32_767;
const { paths } = machinePaths;

/** The name under which it was asked for, as text. */
export const nameOf = ({ shown }: Place): string => machinePaths.toText(paths.basename(shown));

/** Which paths a server has. */
export class Places {
  readonly #options: PlaceOptions;

  constructor(options: PlaceOptions) {
    this.#options = options;
  }

  /** For one request: folders are looked at once. */
  reach({ roots, mayUseOwn }: Bounds): Reach {
    const { roots: general, own } = this.#options;
    const bounds = [general, roots].filter((one) => one !== undefined);
    return new Reach(
      bounds.map((one) => one.flatMap(folderAt)),
      mayUseOwn ? undefined : own.flatMap(folderAt),
    );
  }
}

/** What one caller may use. */
export class Reach {
  readonly #bounds: readonly (readonly Identified[])[];
  readonly #excluded: readonly Identified[];
  readonly #mayUseOwn: boolean;

  /** `excluded`: the server's own; undefined: it may use those. */
  constructor(bounds: readonly (readonly Identified[])[], excluded: readonly Identified[] | undefined) {
    this.#bounds = bounds;
    this.#excluded = excluded ?? [];
    this.#mayUseOwn = excluded === undefined;
  }

  /** Whether there is anything that it may not use: otherwise nothing needs to be looked at twice. */
  get isBounded(): boolean {
    return this.#bounds.length > 0 || !this.#mayUseOwn;
  }

  /** The server's own files and folders that are in this one, by their real paths. */
  excludedIn({ path }: Place): RawPath[] {
    const below = path.endsWith(paths.sep) ? path : path + paths.sep;
    return this.#excluded.flatMap(({ path: own }) => (own.startsWith(below) ? [own] : []));
  }

  /** `follow`: where a link at its end leads, rather than the link. Whether something is there is not looked at. */
  find(given: GivenPath, follow: boolean): Result<Place, PlaceFailure> {
    const read = readPath(given);
    return read.ok ? this.at(read.value, follow) : read;
  }

  /** The same for an absolute path in the form of this system. */
  at(shown: RawPath, follow: boolean): Result<Place, PlaceFailure> {
    const last = paths.basename(shown);
    // Behind `..`, and at the root, there is no last name that could be a link.
    const isWhole = follow || last === '' || last === '..' || last === '.';
    const real = machinePaths.findRealPath(isWhole ? shown : paths.dirname(shown));
    if (!real.found) return fail(failureOf(real.reason, real.code));
    const path = isWhole ? real.path : paths.join(real.path, last);
    return this.#holds(path) ? ok({ shown: paths.normalize(shown), path }) : fail({ reason: 'outside-roots' });
  }

  /** Whether the folder is one of its roots, or holds one. */
  holdsRoot(path: RawPath): boolean {
    const place = identified(path);
    return this.#bounds.flat().some((root) => withFoldersAbove(root.path).some((above) => isSame(above, place)));
  }

  /** Whether the place, which was found a moment ago, is still where it was: no folder above it has become a link. */
  isStill({ path }: Place): boolean {
    const again = this.at(path, true);
    return again.ok && again.value.path === path;
  }

  /**
   * Whether a real path below one that may be used, with that identity on the file system, is one of the server's own. Cheaper
   * than `at` for whoever walks down from there without following links.
   */
  excludes(path: RawPath, identity: string): boolean {
    if (!this.#mayUseOwn && machinePaths.isOfProcess(path)) return true;
    return this.#excluded.some((own) => own.path === path || own.identity === identity);
  }

  #holds(path: RawPath): boolean {
    if (!this.isBounded) return true;
    // What a key comes from, and what it is in.
    if (!this.#mayUseOwn && machinePaths.isOfProcess(path)) return false;
    const above = withFoldersAbove(path);
    const isIn = (folders: readonly Identified[]) => folders.some((folder) => above.some((one) => isSame(one, folder)));
    return this.#bounds.every(isIn) && !isIn(this.#excluded);
  }
}

/** None where it cannot be found: then nothing is in it. */
export function folderAt(given: string): Identified[] {
  const read = readPath({ text: given });
  const real = read.ok ? machinePaths.findRealPath(read.value) : undefined;
  return real?.found === true ? [identified(real.path)] : [];
}

function readPath(given: GivenPath): Result<RawPath, PlaceFailure> {
  const invalid = (detail: string) => fail({ reason: 'path-invalid', detail } as const);
  if ('bytes' in given && machinePaths.fromBytes === undefined)
    return invalid('names are text on this system: use path');
  const text = 'text' in given ? given.text : (machinePaths.fromBytes?.(given.bytes) ?? '');
  if (text === '') return invalid('path is empty');
  if (text.length > MAX_CHARACTERS) return invalid(`path is longer than ${MAX_CHARACTERS} characters`);
  if (text.includes('\0')) return invalid('path has a NUL in it');
  const refused = machinePaths.refusal(text);
  if (refused !== undefined) return invalid(`that path is refused: it ${refused}`);
  if (!machinePaths.isAbsolute(text)) return invalid('path must be absolute');
  return ok('text' in given ? machinePaths.fromText(text) : text);
}

function failureOf(reason: string, code: string | undefined): PlaceFailure {
  if (code === 'ENOTDIR') return { reason: 'not-found' };
  if (code === 'EACCES' || code === 'EPERM') return { reason: 'not-permitted', code };
  return { reason: 'path-invalid', detail: `path ${reason}` };
}
