/**
 * The query of a route: how it is read, and the parameters it may have. A route states both with `...query(SHAPE)`.
 * Elysia's own reading is not used: for shapes that are not its own it splits values at commas and parses JSON in them,
 * so that `limit=1,x` would count as 1.
 */
import type { TObject } from 'typebox';
import { exactParameters, parameters } from './schema.ts';

export const query = <Schema extends TObject>(schema: Schema) => ({
  transform: readQuery,
  query: parameters(schema),
});

/** The same for a route that refuses parameters which it does not have: a misspelt one would go unnoticed. */
export const exactQuery = <Schema extends TObject>(schema: Schema) => ({
  transform: readQuery,
  query: exactParameters(schema),
});

/** All values of a parameter that may be given several times. */
export const valuesOf = (request: Request, name: string): readonly string[] => searchOf(request).getAll(name);

/** Of a parameter that is given twice the first counts. */
function readQuery(context: { readonly request: Request; query: unknown }): void {
  context.query = Object.fromEntries([...searchOf(context.request)].toReversed());
}

const searchOf = ({ url }: Request): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
