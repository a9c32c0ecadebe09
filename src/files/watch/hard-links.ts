/** Files with several names: a program that changes one by one name is a hint for that name alone. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';

export class HardLinks {
  readonly #identities = new Map<RawPath, string>();
  readonly #names = new Map<string, Set<RawPath>>();

  /** `identity` undefined: the path is no such file (any more). Returns whether it is the first name of that file. */
  note(path: RawPath, identity: string | undefined): boolean {
    const before = this.#identities.get(path);
    if (before === identity) return false;
    if (before !== undefined) {
      this.#identities.delete(path);
      const names = this.#names.get(before);
      names?.delete(path);
      if (names?.size === 0) this.#names.delete(before);
    }
    if (identity === undefined) return false;
    this.#identities.set(path, identity);
    const names = this.#names.get(identity);
    if (names === undefined) this.#names.set(identity, new Set([path]));
    else names.add(path);
    return names === undefined;
  }

  has(path: RawPath): boolean {
    return this.#identities.has(path);
  }

  /** The other names of that file in the tree. */
  others(path: RawPath): readonly RawPath[] {
    const names = this.#names.get(this.#identities.get(path) ?? '');
    return names === undefined ? [] : [...names].filter((name) => name !== path);
  }

  /** Some of them, others each time: names outside of the tree are not watched. */
  *some(count: number): Generator<RawPath> {
    const taken = [...this.#identities.keys().take(count)];
    for (const path of taken) {
      const identity = this.#identities.get(path);
      // To the end of the map, so that the next ones come first.
      this.#identities.delete(path);
      if (identity !== undefined) this.#identities.set(path, identity);
      yield path;
    }
  }
}
