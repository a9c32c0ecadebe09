/**
 * The query of a route: how it is read, and the parameters it may have. A route states both with `...query(SHAPE)`.
 * Elysia's own reading is not used: for shapes that are not its own it splits values at commas and parses JSON in them,
 * so that `limit=1,x` would count as 1.
 */
import Type, { type TObject } from 'typebox';
import { exactParameters, parameters } from './schema.ts';

export const query = <Schema extends TObject>(schema: Schema) => ({
  transform: readerOf(schema),
  query: parameters(schema),
});

/** The same for a route that refuses parameters which it does not have: a misspelt one would go unnoticed. */
export const exactQuery = <Schema extends TObject>(schema: Schema) => ({
  transform: readerOf(schema),
  query: exactParameters(schema),
});

/** For a route that has none at all: what belongs into its body would go unnoticed there. */
export const noQuery = exactQuery(Type.Object({}));

/** Of a parameter that is given twice the first counts, unless it is a list of what is given. */
function readerOf({ properties }: TObject): (context: { readonly request: Request; query: unknown }) => void {
  const lists = Object.entries(properties).flatMap(([name, shape]) => ('items' in shape ? [name] : []));
  return (context) => {
    const { url } = context.request;
    const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
    const given = lists.flatMap((name) => (search.has(name) ? [[name, search.getAll(name)] as const] : []));
    context.query = { ...Object.fromEntries([...search].toReversed()), ...Object.fromEntries(given) };
  };
}
