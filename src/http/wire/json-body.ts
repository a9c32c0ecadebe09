/**
 * The JSON body of a route: how it is read, and the shape it must have. A route states both with `...jsonBody(SHAPE)`.
 * Elysia's own parser is not used: it neither limits the size of a body nor says what is wrong with it.
 */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  contentTypeOf,
  JSON_BODY_LIMIT,
  readBytes,
  readJsonObject,
  type ContentTypeRule,
  type JsonObject,
} from './body.ts';
import { refusalResponse } from './failures.ts';
import { invalid, standard, type Checked, type Standard } from './schema.ts';
import { textProblem, type TextOptions } from './text-problem.ts';

const OCTETS = 'application/octet-stream';

export interface BodyOptions extends TextOptions {
  /** Default: `declared`. */
  readonly contentType?: ContentTypeRule;
  /** Bytes that the body may have. Default: 1 MiB. */
  readonly limit?: number;
  /** Finds problems that need a sentence of their own, before the shape is checked. */
  readonly problem?: (body: JsonObject) => string | undefined;
  /** Whether a field that is null counts as absent. Default: no. */
  readonly nullIsAbsent?: boolean;
  /** What a body of `application/octet-stream` means in the shape of this one. Default: such a body is refused. */
  readonly octets?: (bytes: Uint8Array) => JsonObject;
  /** A refusal that comes before anything of the body is looked at, such as that of a resource that is not there. */
  readonly unless?: (params: Readonly<Record<string, string>>) => Response | undefined;
}

/** Refuses with one sentence: for the first problem that is found. */
function checked<Schema extends TSchema>(schema: Schema, options: BodyOptions = {}): Standard<Schema> {
  const check = compiled(schema, 'the body');
  const { nullIsAbsent = false, problem: problemOf = () => undefined } = options;
  return standard(schema, (value) => {
    const given = nullIsAbsent ? withoutNulls(value as JsonObject) : (value as JsonObject);
    const problem = textProblem(given, options) ?? problemOf(given);
    return problem === undefined ? check(given) : invalid(problem);
  });
}

const withoutNulls = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));

export const jsonBody = <Schema extends TSchema>(schema: Schema, options: BodyOptions = {}) => ({
  parse: reader(options),
  body: checked(schema, options),
});

/** A request that is refused while its body is read, on its way through Elysia to `onError`. */
export class BodyRefused extends Error {
  readonly answer: Response;
  constructor(answer: Response) {
    super('the body is refused');
    this.answer = answer;
  }
}

interface Context {
  readonly request: Request;
  /** Not read yet: what the path has. */
  readonly params: Readonly<Record<string, unknown>>;
}

function reader({
  unless,
  contentType = 'declared',
  limit = JSON_BODY_LIMIT,
  octets,
}: BodyOptions): (context: Context) => Promise<JsonObject> {
  return async ({ request, params }) => {
    const refused = unless?.(params as Readonly<Record<string, string>>);
    if (refused !== undefined) throw new BodyRefused(refused);
    const body =
      octets !== undefined && contentTypeOf(request) === OCTETS
        ? await readBytes(request, limit)
        : await readJsonObject(request, contentType, limit);
    if (!body.ok) throw new BodyRefused(refusalResponse(body.failure));
    return body.value instanceof Uint8Array ? (octets?.(body.value) ?? {}) : body.value;
  };
}

/** Compiled at first use, so that a start does not pay. `whole`: what the value is called. */
export function compiled<Schema extends TSchema>(
  schema: Schema,
  whole: string,
): (value: unknown) => Checked<Static<Schema>> {
  let validator: ReturnType<typeof Compile<Schema>> | undefined;
  return (value) => {
    validator ??= Compile(schema);
    if (validator.Check(value)) return { value };
    const [first] = validator.Errors(value);
    const where = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    // Where others than the stated fields are refused, each of them has the shape `false`.
    if (first?.keyword === 'boolean') return invalid(`there is no field ${JSON.stringify(where)}`);
    return invalid(`${where === '' ? whole : where} ${first?.message ?? 'is not valid'}`);
  };
}
