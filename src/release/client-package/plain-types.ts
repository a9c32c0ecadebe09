/**
 * The shapes of the wire as plain TypeScript: an interface for each exported TypeBox shape of a module, with its words as
 * comments. The package of the client has these, so that who uses it needs no TypeBox.
 *
 * `tsc` cannot do this: in declarations it leaves `Static<typeof Shape>` as it is. TypeBox shapes are JSON schemas, of
 * which ours use the few kinds below; one of another kind ends the build. tests/client/package holds what comes out
 * against `Static`, by the compiler, in both directions.
 */

/** What our shapes have of JSON schema. */
export interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** The text of a module of types. `named` has its exported shapes, by name. */
export function plainTypes(named: ReadonlyMap<string, Shape>): string {
  const names = new Map([...named].map(([name, shape]) => [shape, name]));
  return [...named].map(([name, shape]) => declarationOf(name, shape, names)).join('\n');
}

type Names = ReadonlyMap<Shape, string>;

function declarationOf(name: string, shape: Shape, names: Names): string {
  // Its own name stands for it elsewhere, not in its declaration.
  const others = new Map([...names].filter(([one]) => one !== shape));
  const type = typeOf(shape, others, '');
  const comment = commentOf(shape, '');
  return shape.properties !== undefined
    ? `${comment}export interface ${name} ${type}\n`
    : `${comment}export type ${name} = ${type};\n`;
}

function typeOf(shape: Shape, names: Names, indent: string): string {
  const name = names.get(shape);
  if (name !== undefined) return name;
  if ('const' in shape) return JSON.stringify(shape.const);
  if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (shape.anyOf !== undefined) return shape.anyOf.map((one) => typeOf(one, names, indent)).join(' | ');
  switch (shape.type) {
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return shape.type;
    case 'array':
      return `Array<${typeOf(shape.items ?? {}, names, indent)}>`;
    case 'object':
      return objectType(shape, names, indent);
    case undefined:
      if (Object.keys(shape).every((key) => key === 'description')) return 'unknown';
  }
  throw new Error(
    `a shape of the wire is of a kind that src/release/client-package does not know: ${JSON.stringify(shape)}`,
  );
}

function objectType({ properties, patternProperties, required = [] }: Shape, names: Names, indent: string): string {
  if (properties === undefined) {
    const values = Object.values(patternProperties ?? {});
    return `Record<string, ${values.map((value) => typeOf(value, names, indent)).join(' | ') || 'unknown'}>`;
  }
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, field]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${commentOf(field, inner)}${inner}${name}${optional}: ${typeOf(field, names, inner)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

/** Empty where there is nothing to say. */
function commentOf(shape: Shape, indent: string): string {
  const sentences = [shape.description, rangeOf(shape), defaultOf(shape)].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? '' : `${indent}/** ${sentences.join(' ').replaceAll('*/', '*∕')} */\n`;
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Shape): string | undefined {
  const bounds = [
    minimum === undefined ? undefined : `at least ${minimum}`,
    exclusiveMinimum === undefined ? undefined : `more than ${exclusiveMinimum}`,
    maximum === undefined ? undefined : `at most ${maximum}`,
  ].filter((bound) => bound !== undefined);
  return bounds.length === 0 ? undefined : `Range: ${bounds.join(', ')}.`;
}

const defaultOf = (shape: Shape): string | undefined =>
  shape.default === undefined || /\bDefault\b/.test(shape.description ?? '')
    ? undefined
    : `Default: ${JSON.stringify(shape.default)}.`;
