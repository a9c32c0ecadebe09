/**
 * The OpenAPI 3.1 document of this server, read off the statements of its routes (`app.routes`). Shapes with an `$id`
 * stand once, by that name, under `components`.
 */
import type { AnyElysia } from 'elysia';
import type { TObject, TSchema } from 'typebox';
import { VERSION } from '../../version.ts';
import type { Access } from '../caller.ts';
import { TRANSFER_LIMITS } from '../transfers.ts';
import { jsonRequest, refusal, type bytesRequest, type jsonOrBytesRequest } from '../wire/answers.ts';
import type { Answer, Standard } from '../wire/schema.ts';
import { NamedShapes } from './named-shapes.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: unknown }>>;
  readonly security?: readonly unknown[];
}

interface OpenApiParameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: unknown;
}

/** What a route states, as Elysia keeps it. */
export interface RouteStatement {
  readonly method: string;
  readonly path: string;
  readonly hooks: {
    readonly access?: Access;
    readonly slow?: true;
    readonly large?: true;
    readonly transfer?: true;
    readonly withoutHost?: true;
    readonly ownAuthorization?: true;
    readonly params?: Standard<TObject>;
    readonly query?: Standard<TObject>;
    readonly headers?: Standard<TObject>;
    readonly body?: Standard<TSchema>;
    readonly response?: Readonly<Record<string, Answer<TSchema>>>;
    readonly detail?: Words;
  };
}

interface Words extends Pick<OpenApiOperation, 'operationId' | 'summary' | 'description' | 'tags'> {
  /** Of a route that reads its body itself. */
  readonly requestBody?: ReturnType<typeof jsonRequest | typeof jsonOrBytesRequest | typeof bytesRequest>;
}

/** Elysia types the hooks of `app.routes` as it takes them; these are the ones that our routes give it. */
export const statementsOf = (app: AnyElysia): readonly RouteStatement[] => app.routes;

export function openApiDocument(app: AnyElysia): OpenApiDocument {
  const shapes = new NamedShapes();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of statementsOf(app)) {
    const path = describedPath(route.path);
    for (const method of methodsOf(route))
      paths[path] = { ...paths[path], [method]: operationOf(route, method, shapes) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'agent-server',
      version: VERSION,
      description:
        'Runs commands as jobs that can be polled, followed and ended, keeps persistent shells, opens terminals, and drives coding agents. Every route but the open ones needs the header `X-API-Key: KEY` or `Authorization: Bearer KEY`. Every answer that is not a success is `{"error": "…"}`.',
    },
    paths,
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: shapes.all(),
    },
    security: [{ key: [] }, { bearer: [] }],
  };
}

/** Those that OpenAPI has a word for, of a route that takes any; others are taken there, too. */
const ANY = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

const methodsOf = ({ method }: RouteStatement): readonly string[] => (method === 'ALL' ? ANY : [method.toLowerCase()]);

/** An id is one method’s. */
function operationOf(route: RouteStatement, method: string, shapes: NamedShapes): OpenApiOperation {
  const stated = operation(route, shapes);
  if (route.method !== 'ALL') return stated;
  return { ...stated, operationId: `${stated.operationId}${method[0]?.toUpperCase() ?? ''}${method.slice(1)}` };
}

function operation({ hooks }: RouteStatement, shapes: NamedShapes): OpenApiOperation {
  const { access, detail, body } = hooks;
  const { operationId = '', summary = '', description, tags = [], requestBody } = detail ?? {};
  const parameters = [
    ...parametersIn('path', hooks.params),
    ...parametersIn('query', hooks.query),
    ...parametersIn('header', hooks.headers),
  ];
  // One that a route states beside its shape takes more than JSON.
  const taken = requestBody ?? (body === undefined ? undefined : jsonRequest(body.schema));
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags,
    ...(parameters.length > 0 && { parameters }),
    ...(taken !== undefined && { requestBody: shapes.embed(taken) }),
    responses: Object.fromEntries(
      Object.entries(allAnswers(hooks)).map(([status, one]) => [status, response(one, shapes)]),
    ),
    ...(access === 'open' && { security: [] }),
  };
}

const TRANSFERS = `${TRANSFER_LIMITS.all} files and archives are sent or received already, or ${TRANSFER_LIMITS.each} with this key; \`Retry-After\` says when to try again.`;

/** Those that the route states, and those that follow from the rest of its statement. */
export function allAnswers({
  access,
  large,
  transfer,
  body,
  detail,
  response: stated = {},
}: RouteStatement['hooks']): Readonly<Record<string, Answer<TSchema>>> {
  const reads = body !== undefined || detail?.requestBody !== undefined;
  const isBounded = reads && (detail?.requestBody === undefined || 'application/json' in detail.requestBody.content);
  return {
    ...(access !== 'open' && { 401: refusal('Wrong or missing key.') }),
    403: refusal(
      access === 'open'
        ? 'Host or Origin is not one of this server’s.'
        : 'Host or Origin is not one of this server’s, or the key lacks the scope.',
    ),
    ...(isBounded && { 413: refusal('The body is larger than 1 MiB.') }),
    500: refusal('A failure of the system, such as a full disk or too many open files. The message says which.'),
    ...(reads && {
      415: refusal(
        body === undefined
          ? 'The body is compressed.'
          : 'The body is compressed, or not declared as `application/json`.',
      ),
    }),
    ...(transfer === true && { 503: refusal(TRANSFERS) }),
    ...(large === true && { 503: refusal('Too many requests of such size at once, for 30 seconds.') }),
    ...stated,
  };
}

function parametersIn(place: string, standard: Standard<TObject> | undefined): OpenApiParameter[] {
  return Object.entries(standard?.schema.properties ?? {}).map(([name, shape]) => {
    const { description = '', ...schema } = shape as TSchema & { readonly description?: string };
    return { name, in: place, description, schema, required: place === 'path' };
  });
}

function response({ description, schema, media, shapes: carried = [], json }: Answer<TSchema>, shapes: NamedShapes) {
  for (const shape of carried) shapes.refer(shape);
  if (media === '') return { description };
  const stated = (shape: TSchema) => ({ 'application/json': { schema: shapes.refer(shape) } });
  if (media === undefined) return { description, content: stated(schema) };
  return { description, content: { [media]: { schema: { type: 'string' } }, ...(json !== undefined && stated(json)) } };
}

/** A path as it was stated, such as `/jobs/:id`, in the words of OpenAPI: `/jobs/{id}`. */
export const describedPath = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
