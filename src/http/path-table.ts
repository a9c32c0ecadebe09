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
    for (const pattern of this.#patterns.get(path.slice(1, endOfPart(path, 1))) ?? [])
      if (matches(pattern.parts, path)) return pattern.value;
    return undefined;
  }
}

/** Part by part where it stands: every request asks. */
function matches(wanted: readonly string[], path: string): boolean {
  let at = 0;
  for (const part of wanted) {
    if (at > path.length) return false;
    if (part === '*') return true;
    const end = endOfPart(path, at);
    const isSame = part.startsWith(':') ? end > at : end - at === part.length && path.startsWith(part, at);
    if (!isSame) return false;
    at = end + 1;
  }
  return at > path.length;
}

/** Of the part that begins there. */
export function endOfPart(path: string, from: number): number {
  const end = path.indexOf('/', from);
  return end < 0 ? path.length : end;
}
