/**
 * Holds answers to what openapi.json states of their routes: a status that is not there, another media type, a field
 * of the wrong type, one that is missing and one that nobody stated are all mistakes, of the code or of the document.
 */
import { readFileSync } from 'node:fs';
import { openApiPath } from './openapi-text.ts';

interface Shape {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly pattern?: string;
  readonly minimum?: number;
}

type Media = Readonly<Record<string, { readonly schema: Shape }>>;
type Operation = { readonly responses: Readonly<Record<string, { readonly content?: Media }>> };

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

const document = JSON.parse(readFileSync(openApiPath, 'utf8')) as Document;

const patterns = Object.entries(document.paths).map(([path, operations]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`),
  operations,
}));

/** What is wrong with an answer, in one sentence; undefined where nothing is, and where the document has no such route. */
export async function unstated(request: Request, answer: Response): Promise<string | undefined> {
  const { pathname } = new URL(request.url);
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const operation = patterns.find(({ pattern }) => pattern.test(pathname))?.operations[method];
  if (operation === undefined) return undefined;
  const where = `${request.method} ${pathname}: ${answer.status}`;
  const stated = operation.responses[answer.status];
  if (stated === undefined) return `${where} is not stated`;
  const type = answer.headers.get('content-type')?.split(';')[0];
  if (request.method === 'HEAD' || stated.content === undefined) return undefined;
  const media = stated.content[type ?? ''] ?? stated.content['*/*'];
  // A file of the page may be a script, a style or a picture.
  if (media === undefined) return pathname.startsWith('/console/') ? undefined : `${where} with ${type} is not stated`;
  if (media === stated.content['*/*'] || type !== 'application/json' || pathname === '/openapi.json') return undefined;
  const problem = mismatch(await answer.clone().json(), media.schema, 'the answer');
  return problem === undefined ? undefined : `${where}: ${problem}`;
}

function mismatch(value: unknown, shape: Shape, at: string): string | undefined {
  if (shape.$ref !== undefined) return mismatch(value, named(shape.$ref), at);
  if (shape.anyOf !== undefined) {
    const problems = shape.anyOf.map((one) => mismatch(value, one, at));
    return problems.includes(undefined) ? undefined : problems.join('; or ');
  }
  if (shape.const !== undefined)
    return value === shape.const ? undefined : `${at} is not ${JSON.stringify(shape.const)}`;
  // Of what an agent sends nothing is stated but that it may be there.
  if (shape.type === undefined && shape.enum === undefined) return undefined;
  if (shape.enum !== undefined) return shape.enum.includes(value) ? undefined : `${at} is none of ${shape.enum.join()}`;
  if (!hasType(value, shape.type)) return `${at} is no ${shape.type}: ${JSON.stringify(value)?.slice(0, 80)}`;
  if (typeof value === 'string' && shape.pattern !== undefined && !new RegExp(shape.pattern).test(value))
    return `${at} does not match ${shape.pattern}`;
  if (typeof value === 'number' && value < (shape.minimum ?? value)) return `${at} is below ${shape.minimum}`;
  if (Array.isArray(value))
    return firstOf(value, (part, index) => mismatch(part, shape.items ?? {}, `${at}[${index}]`));
  return typeof value === 'object' && value !== null
    ? fieldMismatch(value as Readonly<Record<string, unknown>>, shape, at)
    : undefined;
}

function fieldMismatch(value: Readonly<Record<string, unknown>>, shape: Shape, at: string): string | undefined {
  const { properties = {}, patternProperties = {}, required = [] } = shape;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at} has no ${missing}`;
  return firstOf(Object.entries(value), ([name, part]) => {
    const one = properties[name] ?? Object.entries(patternProperties).find(([key]) => new RegExp(key).test(name))?.[1];
    return one === undefined ? `${at} has ${name}, which nobody stated` : mismatch(part, one, `${at}.${name}`);
  });
}

function firstOf<T>(parts: readonly T[], problem: (part: T, index: number) => string | undefined): string | undefined {
  for (const [index, part] of parts.entries()) {
    const found = problem(part, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

const named = (reference: string): Shape => document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};

function hasType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
