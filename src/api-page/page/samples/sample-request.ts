/** The request that the samples of an operation make, read off the OpenAPI document. */
export interface SampleRequest {
  readonly method: string;
  /** Such as `http://127.0.0.1:8585`. */
  readonly origin: string;
  /** The path in order: text as it is, and what the environment has to say. */
  readonly path: readonly PathPart[];
  /** Undefined where there is no body. */
  readonly body: unknown;
  readonly needsKey: boolean;
  readonly answer: 'json' | 'text' | 'bytes' | 'events';
}

export type PathPart = string | { readonly variable: string };

/** The parts of the document that samples depend on. */
export interface DescribedApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas?: Readonly<Record<string, Shape>> };
}

export interface DescribedOperation {
  readonly summary: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Shape }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly security?: readonly unknown[];
}

interface Shape {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
}

/** Undefined for what no plain request can do: a socket. */
export function sampleRequest(
  { components: { schemas = {} } }: DescribedApi,
  origin: string,
  path: string,
  method: string,
  { requestBody, responses, security }: DescribedOperation,
): SampleRequest | undefined {
  const success = Object.entries(responses).find(([status]) => status < '300');
  if (success === undefined || success[0] === '101') return undefined;
  const shape = requestBody?.content['application/json']?.schema;
  return {
    method: method.toUpperCase(),
    origin,
    path: pathParts(path),
    body: shape && example(shape, schemas),
    needsKey: security?.length !== 0,
    answer: answerKind(Object.keys(success[1].content ?? {})[0] ?? ''),
  };
}

/** `/jobs/{id}/output` → `/jobs/`, `JOB_ID`, `/output`. */
function pathParts(path: string): PathPart[] {
  return path
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part, index, all) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part;
      const before = index === 0 ? '' : String(all[index - 1]);
      const resource = (before.split('/').at(-2) ?? '').replace(/s$/, '');
      return { variable: (resource === name ? name : `${resource}_${name}`).replaceAll(/\W/g, '_').toUpperCase() };
    });
}

/** What the shape itself gives as an example, else the least that it takes. */
function example(shape: Shape, schemas: Readonly<Record<string, Shape>>): unknown {
  const { $ref } = shape;
  const stated = $ref === undefined ? shape : schemas[$ref.slice($ref.lastIndexOf('/') + 1)];
  if (stated === undefined) return {};
  if (stated.examples !== undefined) return stated.examples[0];
  if (stated.const !== undefined) return stated.const;
  if (stated.enum !== undefined) return stated.enum[0];
  if (stated.type === 'string') return '';
  if (stated.type === 'boolean') return true;
  if (stated.type === 'array') return [];
  if (stated.type === 'number' || stated.type === 'integer') return stated.minimum ?? 1;
  const { required = [], properties = {} } = stated;
  return Object.fromEntries(required.map((name) => [name, example(properties[name] ?? {}, schemas)]));
}

function answerKind(media: string): SampleRequest['answer'] {
  if (media === 'application/json') return 'json';
  if (media === 'text/event-stream') return 'events';
  return media.startsWith('text/') ? 'text' : 'bytes';
}
