/** Values by the paths of URLs, which may have parameters, such as `/jobs/:id`, and end in `*`. */
export class PathTable<Value> {
  readonly #static = new Map<string, Value>();
  readonly #patterns: { readonly path: string; readonly parts: readonly string[]; readonly value: Value }[] = [];

  /** The value of a path as it was stated; `make` where it has none yet. */
  of(path: string, make: () => Value): Value {
    const known = this.#static.get(path) ?? this.#patterns.find((pattern) => pattern.path === path)?.value;
    if (known !== undefined) return known;
    const value = make();
    if (/[:*]/.test(path)) this.#patterns.push({ path, parts: path.split('/'), value });
    else this.#static.set(path, value);
    return value;
  }

  /** The value of the path of a URL; one without parameters goes before those with them. */
  at(path: string): Value | undefined {
    const found = this.#static.get(path);
    if (found !== undefined) return found;
    const parts = path.split('/');
    return this.#patterns.find((pattern) => matches(pattern.parts, parts))?.value;
  }
}

function matches(wanted: readonly string[], given: readonly string[]): boolean {
  const rest = wanted.at(-1) === '*';
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every(
    (part, index) => part === '*' || (part.startsWith(':') ? given[index] !== '' : part === given[index]),
  );
}
