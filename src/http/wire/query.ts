/**
 * The query of a route: how it is read, and the parameters it may have. A route states both with `...query(SHAPE)`.
 * Elysia's own reading is not used: for shapes that are not its own it splits values at commas and parses JSON in them,
 * so that `limit=1,x` would count as 1.
 */
import type { TObject } from 'typebox';
import { invalid, parameters, standard } from './schema.ts';

export const query = <Schema extends TObject>(schema: Schema) => ({
  transform: readQuery,
  query: parameters(schema),
});

/** The same, and a parameter that is not among them is refused. */
export function exactQuery<Schema extends TObject>(schema: Schema): ReturnType<typeof query<Schema>> {
  const known = parameters(schema);
  const isKnown = (name: string) => Object.hasOwn(schema.properties, name);
  return {
    transform: readQuery,
    query: standard(schema, (given) => {
      const unknown = Object.keys(given as object).find((name) => !isKnown(name));
      return unknown === undefined
        ? known['~standard'].validate(given)
        : invalid(`there is no parameter ${unknown.slice(0, 100)}`);
    }),
  };
}

/** Of a parameter that is given twice the first counts. */
function readQuery(context: { readonly request: Request; query: unknown }): void {
  const { url } = context.request;
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  context.query = Object.fromEntries([...search].toReversed());
}
