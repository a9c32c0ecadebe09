/**
 * A glob that is held against names and paths, with the meaning that ripgrep and .gitignore give it: without a slash against each
 * name, with one against the path from the folder that is listed; a slash at its end: folders alone. `*` and `?` stay in one
 * name, `**` goes on over folders, `[…]` is one of some characters, `{a,b}` one of some words.
 */
import { fail, ok, type Result } from '../../core/failure.ts';

export interface GlobInvalid {
  readonly reason: 'glob-invalid';
  /** A whole sentence. */
  readonly detail: string;
}

const MAX_CHARACTERS = 1000;

export class PathGlob {
  readonly #glob: Bun.Glob;
  readonly #isOfPath: boolean;
  readonly #foldersOnly: boolean;

  private constructor(text: string) {
    this.#foldersOnly = text.endsWith('/');
    const body = this.#foldersOnly ? text.slice(0, -1) : text;
    this.#isOfPath = body.includes('/');
    const below = body.startsWith('/') ? body.slice(1) : body;
    // To Bun it would mean all others.
    const path = below.startsWith('!') ? `\\${below}` : below;
    // Bun matches the folder itself, too, of which only what is in it is meant.
    this.#glob = new Bun.Glob(path.endsWith('/**') ? `${path}/*` : path);
  }

  static read(text: string): Result<PathGlob, GlobInvalid> {
    const invalid = (must: string) =>
      fail({ reason: 'glob-invalid', detail: `the glob ${JSON.stringify(text.slice(0, 100))} ${must}` } as const);
    if (text === '' || text === '/') return invalid('names nothing');
    if (text.length > MAX_CHARACTERS) return invalid(`is longer than ${MAX_CHARACTERS} characters`);
    if (/[\0\n\r]/.test(text)) return invalid('has a NUL or a line end in it');
    if (text.startsWith('!')) return invalid('begins with !, which would mean all others');
    return ok(new PathGlob(text));
  }

  /** `path`: from the listed folder, with `/`. */
  matches(name: string, path: string, isFolder: boolean): boolean {
    return (!this.#foldersOnly || isFolder) && this.#glob.match(this.#isOfPath ? path : name);
  }
}
