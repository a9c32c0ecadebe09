/** A JSON value against a TypeBox shape, with a message a caller can act on. Compiled at first use. */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { fail, ok, type Result } from '../core/failure.ts';
import type { HttpFailure } from './failures.ts';

type Validator<T> = (value: unknown) => Result<T, HttpFailure>;

export function validator<S extends TSchema>(schema: S): Validator<Static<S>> {
  let compiled: ReturnType<typeof Compile<S>> | undefined;
  return (value) => {
    compiled ??= Compile(schema);
    if (compiled.Check(value)) return ok(value);
    const [first] = compiled.Errors(value);
    const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    return fail({
      reason: 'request-invalid',
      detail: `${where === '' ? 'the body' : where} ${first?.message ?? 'is not valid'}`,
    });
  };
}
