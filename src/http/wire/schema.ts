/**
 * TypeBox shapes as Standard Schema (https://standardschema.dev): the form in which Elysia 1.4 takes shapes of
 * TypeBox 1. A route states them as `params`, `query`, `headers`, `body` and `response`; validation, the types of its
 * handler and the OpenAPI document come from that statement.
 */
import type { Static, TObject, TSchema } from 'typebox';
import { readParameter, readParameters } from './parameter.ts';

export type Checked<Value> = { readonly value: Value } | { readonly issues: readonly { readonly message: string }[] };

export interface Standard<Schema extends TSchema> {
  readonly schema: Schema;
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'typebox';
    readonly validate: (value: unknown) => Checked<Static<Schema>>;
    readonly types?: { readonly input: Static<Schema>; readonly output: Static<Schema> };
  };
}

export function standard<Schema extends TSchema>(
  schema: Schema,
  validate: (value: unknown) => Checked<Static<Schema>>,
): Standard<Schema> {
  return { schema, '~standard': { version: 1, vendor: 'typebox', validate } };
}

/** The parameters of a path or a query. They arrive as text: whole numbers, seconds and words of a list are read here. */
export const parameters = <Schema extends TObject>(schema: Schema): Standard<Schema> =>
  parametersNamed(schema, (name) => name);

/** The same, and others than these are refused. */
export const exactParameters = <Schema extends TObject>(schema: Schema): Standard<Schema> =>
  standard(schema, (given) => {
    const unknown = Object.keys(given as object).find((name) => !Object.hasOwn(schema.properties, name));
    return unknown === undefined
      ? parameters(schema)['~standard'].validate(given)
      : invalid(`there is no parameter ${JSON.stringify(unknown)}`);
  });

/** The headers of a request, by the names that people know: the letter case of a header says nothing. */
export const headers = <Schema extends TObject>(schema: Schema): Standard<Schema> =>
  parametersNamed(schema, (name) => name.toLowerCase());

function parametersNamed<Schema extends TObject>(schema: Schema, sentAs: (name: string) => string): Standard<Schema> {
  return standard(schema, (given) => {
    const values: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(schema.properties)) {
      const text = (given as Readonly<Record<string, string | readonly string[] | null | undefined>>)[sentAs(name)];
      if (text === undefined) continue;
      // What cannot be decoded is null for Elysia, and the name of nothing.
      const read =
        typeof text === 'string' || text === null
          ? readParameter(name, shape, text ?? '')
          : readParameters(name, shape, text);
      if (!read.ok) return invalid(read.failure.detail);
      values[name] = read.value;
    }
    // Every value was just read by the shape of its name.
    return { value: values as Static<Schema> };
  });
}

/** Stated for the document alone: a request is answered whatever it says. */
export const documented = <Schema extends TSchema>({ schema }: Standard<Schema>): Standard<Schema> =>
  standard(schema, (value) => ({ value: value as Static<Schema> }));

/** What an answer of one status is, for the document and for the types of the handler. */
export interface Answer<Schema extends TSchema> extends Standard<Schema> {
  readonly description: string;
  /** Media type of an answer that is not JSON. */
  readonly media?: string;
  /** Shapes that this answer carries in a form of its own, such as the events of a stream. */
  readonly shapes?: readonly TSchema[];
  /** The JSON that a request may ask for in place of that form. */
  readonly json?: TSchema;
}

/**
 * A JSON answer. Its shape is held by the compiler, and on the wire by the tests, which check what every answer of
 * the contract suite says: checking a megabyte of output again for each caller would find nothing and cost time.
 */
export function answer<Schema extends TSchema>(description: string, schema: Schema): Answer<Schema> {
  return { ...standard(schema, (value) => ({ value: value as Static<Schema> })), description };
}

export const invalid = (message: string) => ({ issues: [{ message }] });
