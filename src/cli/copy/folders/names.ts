/**
 * The names of what a listing tells, relative to the folder that it is of. A path shows names that are no UTF-8 with a loss; since a
 * folder comes right before what is in it, the last folder with a path is the one that is meant.
 */
import { isStagedName } from '../../../files/write/staged-names.ts';

export interface Listed {
  /** As its machine shows it. */
  readonly path: string;
  readonly name: string;
  /** The name where it is no UTF-8. */
  readonly nameBytes?: Uint8Array | undefined;
}

export class Names {
  /** What all paths begin with. */
  #root: string | undefined;
  readonly #folders = new Map<string, string>();

  /** Undefined for what is still being written there, and what is in it. */
  of({ path, name, nameBytes }: Listed, isFolder: boolean): string | undefined {
    const above = path.slice(0, path.length - name.length);
    // The first one is directly in the folder.
    this.#root ??= above;
    const folder = above === this.#root ? '' : this.#folders.get(above);
    if (folder === undefined || isStagedName(name)) return undefined;
    const own = (nameBytes === undefined ? Buffer.from(name, 'utf8') : Buffer.from(nameBytes)).toString('latin1');
    const whole = folder === '' ? own : `${folder}/${own}`;
    if (isFolder) this.#folders.set(path + above.slice(-1), whole);
    return whole;
  }
}
