/** Shapes that have a name (`$id`): each stands once in the document, and everywhere else by reference. */
import type { TSchema } from 'typebox';

export class NamedShapes {
  readonly #shapes = new Map<string, unknown>();

  /** The shape as it stands in the document: a reference where it has a name. */
  refer(shape: TSchema): unknown {
    const { $id } = shape as { readonly $id?: string };
    if ($id === undefined) return this.embed(shape);
    if (!this.#shapes.has($id)) {
      // Noted before it is looked into, because a shape may hold itself.
      this.#shapes.set($id, undefined);
      const { $id: _name, ...rest } = shape as { readonly $id?: string };
      this.#shapes.set($id, this.embed(rest));
    }
    return { $ref: `#/components/schemas/${$id}` };
  }

  /** By name, in alphabetical order. */
  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#shapes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Any part of the document, with the named shapes inside of it by reference. */
  embed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((part) => this.#part(part));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#part(part)]));
  }

  #part(value: unknown): unknown {
    return typeof value === 'object' && value !== null && '$id' in value ? this.refer(value) : this.embed(value);
  }
}
