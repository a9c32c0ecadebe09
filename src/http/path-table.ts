/** Values by the paths of URLs, which may have parameters, such as `/jobs/:id`, and end in `*`. */
interface Pattern<Value> {
  readonly path: string;
  readonly parts: readonly string[];
  readonly value: Value;
}

export class PathTable<Value> {
  readonly #static = new Map<string, Value>();
  /** By their first part: each request asks, and most patterns begin in another way. */
  readonly #patterns = new Map<string, Pattern<Value>[]>();

  /** The value of a path as it was stated; `make` where it has none yet. Its first part is no parameter. */
  of(path: string, make: () => Value): Value {
    const parts = path.split('/');
    const [, first = ''] = parts;
    const like = this.#patterns.get(first) ?? [];
    const known = this.#static.get(path) ?? like.find((pattern) => pattern.path === path)?.value;
    if (known !== undefined) return known;
    const value = make();
    if (/^[:*]/.test(first)) throw new Error(`${path} begins with a parameter`);
    if (/[:*]/.test(path)) this.#patterns.set(first, [...like, { path, parts, value }]);
    else this.#static.set(path, value);
    return value;
  }

  /** The value of the path of a URL; one without parameters goes before those with them. */
  at(path: string): Value | undefined {
    const found = this.#static.get(path);
    if (found !== undefined) return found;
    const parts = path.split('/');
    return this.#patterns.get(parts[1] ?? '')?.find((pattern) => matches(pattern.parts, parts))?.value;
  }
}

function matches(wanted: readonly string[], given: readonly string[]): boolean {
  const rest = wanted.at(-1) === '*';
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every(
    (part, index) => part === '*' || (part.startsWith(':') ? given[index] !== '' : part === given[index]),
  );
}
